// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import type { PopupState } from '../../src/contract/messages.ts';
import { createKept } from '../../src/popup/kept.ts';
import { counts, emptyShelf, notPaired, openPopup, popupState, problem, VERSION } from './popup-scene.tsx';

const NAMES = ['Ana', 'Ben', 'Aviato', 'ann@example.com', 'house@example.com'];

/** Everything that may name somebody does. */
function named(): PopupState {
  const held = {
    reward: 'r1',
    participant: { accountId: 'house@example.com', userId: 'ann@example.com' },
    money: { amount: 2000, currency: 'USD' },
    unit: 'STRIPE/USD',
    reason: 'stripe_refused' as const,
    facts: { detail: 'ann@example.com is no customer.' },
    action: 'retry' as const,
    since: 1,
  };
  const group = { reason: 'over_cap' as const, facts: { cap: '$5', detail: 'Ben' }, count: 4, sums: [] };
  const state = popupState({
    mode: 'live',
    stripe: { broken: 'Ben revoked it.' },
    queue: {
      held: [held],
      counts: counts({ held: 1, waiting: 4 }),
      creditedToday: [{ amount: 6000, currency: 'USD' }],
      waiting: [{ ...group, nextTry: null, oldest: [held] }],
    },
    top: { running: true, problem: problem('proxy_unreachable', { detail: 'Ben’s proxy' }) },
  });
  if (!state.session) throw new Error('no session');
  const { live } = state.session.modes;
  const by = { id: 'b2', name: 'Ben’s' };
  state.session.modes.live = {
    ...live,
    lease: { holder: by, until: Date.now() + 60_000, mine: false },
    lastRun: { at: 1, browserName: by.name },
  };
  return state;
}

/** What an earlier opening left behind. */
function shelfWith(state: PopupState, version = VERSION, at = Date.now()) {
  const shelf = emptyShelf();
  createKept(
    () => shelf,
    version,
    () => at,
  ).put(state);
  return shelf;
}

/** What is drawn while the worker is still asleep; it wakes afterwards. */
async function drawnAsleep(shelf: ReturnType<typeof emptyShelf>) {
  const waking = Promise.withResolvers<PopupState>();
  const opening = openPopup(popupState(), { state: waking.promise }, shelf);
  // Before anything is awaited.
  const drawn = { text: document.body.textContent ?? '', busy: isBusy() };
  waking.resolve(popupState());
  await opening;
  return drawn;
}
const isBusy = () => document.querySelector('header')?.getAttribute('aria-busy');

describe('the first frame', () => {
  test('is painted while the worker is still asleep, and says that it is not fresh', async () => {
    const { text: drawn, busy } = await drawnAsleep(shelfWith(named()));
    expect(drawn).toMatch(/Live mode.*acct_1.*Credited today in live mode\$60\.00 USD/);
    expect(drawn).toMatch(/Waiting4Held1/);
    expect(drawn).toContain('This is how it stood just now. Looking again…');
    expect(busy).toBe('true');
  });

  test('gives way to what the worker answers', async () => {
    const popup = await openPopup(popupState(), {}, shelfWith(named()));
    expect(popup.text()).not.toContain('Looking again');
    expect(popup.text()).toContain('Credited today in test mode');
    expect(isBusy()).toBe('false');
  });

  test('stays, as what it is, when the worker does not answer', async () => {
    const popup = await openPopup(popupState(), { state: problem('message_unknown') }, shelfWith(named()));
    expect(popup.text()).toMatch(/message_unknown.*This is how it stood just now\./);
    expect(popup.text()).not.toContain('Looking again');
    expect(isBusy()).toBe('false');
    expect(popup.root.querySelector('.badge')?.textContent).toBe('State: No answer');
  });

  test('says whose role it is without the name that it does not keep', async () => {
    const popup = await openPopup(popupState(), { state: problem('message_unknown') }, shelfWith(named()));
    expect(popup.text()).toContain('Admin, paired with http://localhost:8787');
  });

  test('decides nothing: a button asks the worker, in the mode that was seen', async () => {
    const opening = openPopup(popupState(), { state: problem('message_unknown') }, shelfWith(named()));
    const popup = await opening;
    await popup.click('Pause');
    expect(popup.asked().map(([name]) => name)).toEqual(['saveSettings']);
    expect(popup.modes.at(-1)).toBe('live');
  });

  test('calls nothing of yesterday today’s', async () => {
    const { text: drawn } = await drawnAsleep(shelfWith(named(), VERSION, Date.now() - 86_400_000));
    expect(drawn).toContain('Nothing yet');
    expect(drawn).toContain('This is how it stood 1 day ago.');
  });
});

describe('what is kept for it', () => {
  test('names nobody: no name, no e-mail, no participant', () => {
    const { values } = shelfWith(named());
    const text = [...values.values()].join();
    expect(NAMES.filter((name) => text.includes(name))).toEqual([]);
    expect(text).toContain('acct_1');
  });

  test('is what the worker said last', async () => {
    const popup = await openPopup(popupState());
    await popup.announce(popupState({ mode: 'live' }));
    expect([...popup.shelf.values.values()].join()).toContain('"mode":"live"');
  });

  test('goes when the browser is unpaired, so that nothing of another proxy is ever shown', async () => {
    const popup = await openPopup(popupState(), { unpair: notPaired() });
    expect(popup.shelf.values.size).toBe(1);
    await popup.click('Unpair');
    await popup.click('Unpair this browser');
    expect(popup.shelf.values.size).toBe(0);
  });

  test.each([
    [
      'another version of the extension',
      (shelf: ReturnType<typeof emptyShelf>) => shelfWith(named(), '0.0.1') ?? shelf,
    ],
    [
      'a slip of the disk',
      (shelf: ReturnType<typeof emptyShelf>) => {
        shelf.setItem('shown', '{');
        return shelf;
      },
    ],
  ])('by %s is not believed', async (_, spoil) => {
    expect((await drawnAsleep(spoil(emptyShelf()))).text).not.toContain('Credited today');
  });

  test('may be refused by the browser, and then the popup opens as ever', async () => {
    const refuse = vi.fn((): never => {
      throw new DOMException('no', 'SecurityError');
    });
    const kept = createKept(refuse, VERSION);
    expect(kept.read()).toBeNull();
    expect(() => kept.put(popupState())).not.toThrow();
    expect(refuse).toHaveBeenCalledTimes(2);
  });
});
