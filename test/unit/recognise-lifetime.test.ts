// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { extensionIsThere } from '../../src/content/ask.ts';
import { removeLeftBehind } from '../../src/content/left-behind.ts';
import { Lifetime } from '../../src/content/lifetime.ts';
import { PageWatcher } from '../../src/content/watch-page.ts';

const CARD = 'advocate-credits-card';
const PAGE =
  '<main><h1>Participant details</h1><dl><dt>Email</dt><dd>ann@example.com</dd><dt>User ID</dt><dd>ann</dd></dl></main>';

let runtime: { id?: string };
let life: Lifetime;

beforeEach(() => {
  vi.useFakeTimers();
  runtime = { id: 'our-extension' };
  vi.stubGlobal('chrome', { runtime });
  history.replaceState(null, '', '/engage/participants/ann');
});
afterEach(() => {
  runtime.id = undefined;
  life?.check();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What the browser does to the scripts of an extension that goes. */
const orphan = () => void delete runtime.id;

async function withCard(): Promise<void> {
  document.body.innerHTML = PAGE;
  life = new Lifetime();
  const watcher = new PageWatcher(life, (_, signal) => {
    const card = document.createElement(CARD);
    document.body.append(card);
    signal.addEventListener('abort', () => card.remove());
    return { onPage: () => card.isConnected, putBack: () => {}, fits: () => true };
  });
  watcher.arrive();
  await vi.advanceTimersByTimeAsync(500);
  expect(document.querySelector(CARD)).not.toBeNull();
}

test('an extension that cannot be spoken with, or whose runtime throws, is gone', () => {
  expect(extensionIsThere()).toBe(true);
  orphan();
  expect(extensionIsThere()).toBe(false);
  const chrome = {
    get runtime(): never {
      throw new Error('Extension context invalidated.');
    },
  };
  vi.stubGlobal('chrome', chrome);
  expect(extensionIsThere()).toBe(false);
});

describe('once the extension is gone, no timer is needed to remove everything', () => {
  test.each([
    ['the page is seen again', () => document.dispatchEvent(new Event('visibilitychange'))],
    ['its window is looked at again', () => window.dispatchEvent(new Event('focus'))],
    ['it comes out of the back-forward cache', () => window.dispatchEvent(new Event('pageshow'))],
  ])('when %s', async (_, happens) => {
    await withCard();
    orphan();
    happens();
    expect(document.body.innerHTML).toBe(PAGE);
    expect(life.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and nothing is asked of the browser any more', async () => {
    await withCard();
    orphan();
    window.dispatchEvent(new Event('focus'));
    const asked = vi.fn();
    vi.stubGlobal('chrome', {
      get runtime() {
        asked();
        return runtime;
      },
    });
    for (const type of ['click', 'keydown']) document.body.dispatchEvent(new Event(type, { bubbles: true }));
    window.dispatchEvent(new Event('focus'));
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked).not.toHaveBeenCalled();
  });
});

test('a card that an ended version left behind goes when the next one starts', () => {
  document.body.innerHTML = `${PAGE}<${CARD}></${CARD}>`;
  removeLeftBehind();
  expect(document.body.innerHTML).toBe(PAGE);
});
