// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lifetime } from '../../src/content/lifetime.ts';
import type { Hints } from '../../src/content/recognise.ts';
import { PageWatcher } from '../../src/content/watch-page.ts';

const LIST =
  '<main><h1>Participants</h1><ul><li>Ann ann@example.com</li><li>Bob bob@example.com</li></ul></main>';
const dialog = (email: string) =>
  `<div role="dialog" aria-label="Participant details"><p>Email: ${email}</p></div>`;

let there: boolean;
let shown: Hints[];
let gone: number;
let life: Lifetime;

beforeEach(() => {
  vi.useFakeTimers();
  there = true;
  shown = [];
  gone = 0;
  history.replaceState(null, '', '/engage/participants');
});
afterEach(() => {
  there = false;
  life.check();
  vi.useRealTimers();
});

function watch(html: string): PageWatcher {
  document.body.innerHTML = html;
  life = new Lifetime(() => there);
  const watcher = new PageWatcher(life, ({ hints }, signal) => {
    shown.push(hints);
    signal.addEventListener('abort', () => gone++);
    return { onPage: () => true, putBack: () => {}, fits: () => true };
  });
  watcher.arrive();
  return watcher;
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const add = (html: string) => document.body.insertAdjacentHTML('beforeend', html);

describe('a participant who is shown without another address', () => {
  test('in a dialog, long after the list was loaded, is seen after the click that asked for it', async () => {
    watch(LIST);
    await wait(60_000);
    document.querySelector('li')?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await wait(2_000);
    add(dialog('ann@example.com'));
    await wait(5_000);
    expect(shown).toEqual([expect.objectContaining({ email: 'ann@example.com' })]);
  });

  test('in a frame that went elsewhere is seen', async () => {
    watch(LIST);
    await wait(60_000);
    add(dialog('bob@example.com'));
    const frame = document.createElement('frame');
    document.body.append(frame);
    frame.dispatchEvent(new Event('load'));
    await wait(1_000);
    expect(shown).toMatchObject([{ email: 'bob@example.com' }]);
  });

  test('by an attribute is seen', async () => {
    watch(LIST + dialog('ann@example.com').replace('<div', '<div hidden'));
    await wait(1_000);
    expect(shown).toEqual([]);
    document.querySelector('[role=dialog]')?.removeAttribute('hidden');
    await wait(2_000);
    expect(shown).toMatchObject([{ email: 'ann@example.com' }]);
  });
});

test('a page that never stands still is looked at all the same', async () => {
  watch(`${LIST}<p id="clock">0</p>`);
  add(dialog('ann@example.com'));
  const clock = document.querySelector('#clock');
  for (let i = 0; i < 20 && clock; i++) {
    clock.textContent = `${i}`;
    await wait(50);
  }
  expect(shown).toMatchObject([{ email: 'ann@example.com' }]);
});

test('another participant in the same place takes the card away and gets one of their own', async () => {
  watch(LIST + dialog('ann@example.com'));
  await wait(500);
  const text = document.querySelector('[role=dialog] p');
  if (text) text.textContent = 'Email: bob@example.com';
  await wait(3_000);
  expect(gone).toBe(1);
  expect(shown).toMatchObject([{ email: 'ann@example.com' }, { email: 'bob@example.com' }]);
});

describe('a modal that hides the page', () => {
  const PAGE =
    '<div id="page"><main><h1>Ann Ash</h1><dl><dt>Email</dt><dd>ann@example.com</dd><dt>User ID</dt><dd>ann</dd></dl></main></div>';
  const open = async (modal: string) => {
    history.replaceState(null, '', '/engage/participants/ann');
    watch(PAGE);
    await wait(500);
    expect(shown).toMatchObject([{ email: 'ann@example.com' }]);
    document.querySelector('#page')?.setAttribute('aria-hidden', 'true');
    add(modal);
    await wait(3_000);
  };

  test.each([
    [
      'a question',
      '<div role="alertdialog" aria-modal="true"><h2>Delete reward?</h2><button>Yes</button></div>',
    ],
    [
      'a form',
      '<div role="dialog" aria-modal="true"><h2>Invite</h2><label>Email <input value="x@example.org"></label></div>',
    ],
    ['the same participant', dialog('ann@example.com')],
  ])('leaves the card and what was typed into it alone: %s', async (_, modal) => {
    await open(modal);
    document.querySelector('#page')?.removeAttribute('aria-hidden');
    document.querySelector('[role$=dialog]')?.remove();
    await wait(3_000);
    expect(gone).toBe(0);
    expect(shown).toHaveLength(1);
  });

  test('takes the card away when it is another participant’s page', async () => {
    await open(dialog('bob@example.com'));
    expect(gone).toBe(1);
    expect(shown).not.toContainEqual(expect.objectContaining({ email: 'bob@example.com' }));
  });
});

test('on a page without a participant nothing is left running', async () => {
  watch(LIST);
  await wait(30_000);
  expect(vi.getTimerCount()).toBe(0);
});

test('at an address that is about nobody the card goes, and nothing waits, whatever is clicked', async () => {
  const watcher = watch(LIST + dialog('ann@example.com'));
  await wait(1_000);
  expect(shown).toHaveLength(1);
  history.replaceState(null, '', '/acme/settings');
  watcher.arrive();
  expect(gone).toBe(1);
  document.body.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(vi.getTimerCount()).toBe(0);
});

test('once the extension is gone the card goes within two seconds, and nothing listens or waits', async () => {
  watch(LIST + dialog('ann@example.com'));
  await wait(1_000);
  there = false;
  await wait(2_000);
  expect(gone).toBe(1);
  document.body.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(vi.getTimerCount()).toBe(0);
});
