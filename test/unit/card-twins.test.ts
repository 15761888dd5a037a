// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lifetime } from '../../src/content/lifetime.ts';
import { mountCard } from '../../src/content/mount-card.tsx';
import { PageWatcher } from '../../src/content/watch-page.ts';
import type { MessageName } from '../../src/contract/messages.ts';
import type { ParticipantView } from '../../src/contract/routes.ts';
import { ann, candidate, detail, linkedTo, worker } from './card-world.ts';

let gone: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  gone = new AbortController();
});
afterEach(() => {
  gone.abort();
  vi.useRealTimers();
});

const SURE = '<main><section><h2>Participant details</h2><p>E-mail: ann@example.com</p></section></main>';
const UNSURE = '<main><h1>User details</h1><p>ann@example.com</p></main>';
const twins = ['twin-a', 'twin-b'].map((userId) => ({ ...ann, accountId: userId, userId }));

/** The watcher and the card as index.ts joins them, at `address` and with an open shadow root. */
async function open(html: string, address: string, participants: ParticipantView[]) {
  document.body.innerHTML = html;
  history.replaceState(null, '', address);
  const { ask, asked } = worker({
    participants: () => ({ participants }),
    participant: (key) => detail(key),
    customers: () => ({ candidates: [candidate('cus_A')] }),
    link: ({ accountId, userId }) => linkedTo('cus_A', { accountId, userId }),
  });
  const life = new Lifetime(() => !gone.signal.aborted);
  const watcher: PageWatcher = new PageWatcher(life, ({ hints, sure, place }, signal) =>
    mountCard({
      ask,
      hints,
      sure,
      address: location.href,
      details: place,
      signal,
      stillHere: () => watcher.stillHere(hints),
      shadow: 'open',
    }),
  );
  // One that lived on would hear the next test's clicks, and put up its own card.
  gone.signal.addEventListener('abort', () => life.check());
  watcher.arrive();
  await vi.advanceTimersByTimeAsync(0);
  const sent = (name: MessageName) => asked.flatMap(([asked, request]) => (asked === name ? [request] : []));
  return { watcher, sent };
}

const shadow = () => document.querySelector('advocate-credits-card')?.shadowRoot;
const text = () => shadow()?.textContent ?? '';
const click = async (name: string) => {
  const buttons = [...(shadow()?.querySelectorAll('button') ?? [])];
  const found = buttons.find((each) => (each.getAttribute('aria-label') ?? each.textContent) === name);
  if (!found) throw new Error(`There is no button ${name}.`);
  found.click();
  await vi.advanceTimersByTimeAsync(0);
};

describe('participants who share an e-mail, on pages that show only the e-mail', () => {
  const moves = [
    ['/participants?id=twin-a', '/participants?id=twin-b'],
    ['/participant?participantId=twin-a', '/participant?participantId=twin-b'],
    ['/anything?id=twin-a', '/anything?id=twin-b'],
    ['/participants/house/twin-a', '/participants/house/twin-b'],
    ['/engage#/twin-a', '/engage#/twin-b'],
  ] as const;

  test.each(moves)('from %s to %s: the card is about the other one', async (from, to) => {
    const { watcher } = await open(SURE, from, twins);
    expect(text()).toContain('twin-a');
    history.pushState(null, '', to);
    watcher.arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(text()).toContain('twin-b');
    expect(text()).not.toContain('twin-a');
  });

  test.each(moves)('from %s to %s: a click that comes first writes to neither', async (from, to) => {
    const { sent } = await open(SURE, from, twins);
    await click('Find customer');
    history.pushState(null, '', to);
    await click('Link Ann Archer');
    expect(sent('link')).toEqual([]);
    expect(text()).toContain('The page shows somebody else now. Nothing was changed.');
  });

  test('a person’s choice among them holds for the address where it was made', async () => {
    const { watcher } = await open(SURE, '/here', twins);
    await click('This one: Ann Archer · ann@example.com · ID twin-a');
    expect(text()).toContain('ID twin-a');
    history.pushState(null, '', '/there');
    watcher.arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(text()).toContain('2 participants fit this page.');
  });
});

describe('the card of the only participant with an e-mail', () => {
  test('stays with what was typed in it when the page turns to another tab', async () => {
    const { watcher, sent } = await open(SURE, '/participants/7/rewards', [ann]);
    await click('Find customer');
    history.pushState(null, '', '/participants/7/referrals?tab=2');
    watcher.arrive();
    await vi.advanceTimersByTimeAsync(1_000);
    await click('Link Ann Archer');
    expect(sent('participants')).toHaveLength(1);
    expect(sent('link')).toHaveLength(1);
  });

  test('goes when the address names somebody else', async () => {
    const { watcher, sent } = await open(SURE, '/participants/7', [ann]);
    history.pushState(null, '', '/participants/8');
    watcher.arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent('participants')).toHaveLength(2);
  });

  test('confirmed on an unsure page, it goes when the page shows somebody else, however late', async () => {
    await open(UNSURE, '/x', [ann]);
    await vi.advanceTimersByTimeAsync(3_000);
    await click('Is this Ann Archer?');
    await click('Yes: Ann Archer · ann@example.com · ID ann in account house');
    expect(text()).toContain('Not linked');
    await vi.advanceTimersByTimeAsync(60_000);
    document.body.querySelector('main p')?.replaceChildren('bob@example.com');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(text()).not.toContain('Not linked');
  });
});
