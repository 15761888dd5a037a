// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { PopupState, WaitingGroup } from '../../src/contract/messages.ts';
import type { Reason } from '../../src/contract/reasons.ts';
import { nextThing } from '../../src/popup/next-thing.ts';
import { counts, notPaired, openPopup, popupState, problem } from './popup-scene.tsx';

const group = (reason: Reason, count = 3): WaitingGroup => ({
  reason,
  facts: {},
  nextTry: null,
  count,
  sums: [],
});
const all: PopupState['queue'] = {
  ...popupState().queue,
  counts: counts({ held: 2, waiting: 3 }),
  waiting: [group('not_linked')],
};
const lost = { connected: false, broken: 'Access was revoked.' };
const waitingFor = (reason: Reason) => popupState({ queue: { waiting: [group(reason)] } });

describe('the most useful next thing', () => {
  test.each([
    ['pair', 'is not paired', notPaired()],
    ['pair', 'was sent away', popupState({ top: { problem: problem('unauthorized') } })],
    ['connect', 'lost Stripe', popupState({ stripe: lost, settings: { paused: true }, queue: all })],
    ['turn_on', 'is paused', popupState({ settings: { paused: true }, queue: all })],
    ['held', 'holds rewards', popupState({ queue: all })],
    ['unlinked', 'waits for links', waitingFor('not_linked')],
    ['unlinked', 'waits for a field of another spelling', waitingFor('field_name_differs')],
    ['dashboard', 'waits for what goes on by itself', waitingFor('over_cap')],
    ['dashboard', 'has nothing to do', popupState()],
    ['dashboard', 'has not heard from the proxy', popupState({ top: { session: null } })],
    ['held', 'is support’s, and cannot connect', popupState({ role: 'support', stripe: lost, queue: all })],
    [
      'held',
      'is support’s, and cannot turn on',
      popupState({ role: 'support', settings: { paused: true }, queue: all }),
    ],
    ['unlinked', 'is support’s, who link', popupState({ role: 'support', queue: { waiting: all.waiting } })],
  ])('%s, for a browser that %s', (thing, _, state) => {
    expect(nextThing(state)).toBe(thing);
  });

  test('each mode has its own', () => {
    const state = popupState();
    if (!state.session) throw new Error('no session');
    const { live } = state.session.modes;
    state.session.modes.live = { ...live, settings: { ...live.settings, paused: true } };
    expect([nextThing(state), nextThing({ ...state, mode: 'live' })]).toEqual(['dashboard', 'turn_on']);
  });
});

describe('one button stands out', () => {
  test.each([
    ['Connect Stripe', popupState({ stripe: lost, queue: all })],
    ['Turn on', popupState({ settings: { paused: true }, queue: all })],
    ['Look at what is held', popupState({ queue: all })],
    ['Link who waits', waitingFor('not_linked')],
    ['Open the dashboard', popupState()],
  ])('%s', async (label, state) => {
    const popup = await openPopup(state);
    const primary = [...popup.root.querySelectorAll('.button-primary')];
    expect(primary.map((one) => one.textContent)).toEqual([label]);
  });

  test('it leads to where the thing is done', async () => {
    const linking = await openPopup(waitingFor('not_linked'));
    await linking.click('Link who waits');
    expect(linking.tabs).toEqual(['/dashboard/index.html#/unlinked']);

    const idle = await openPopup(popupState());
    await idle.click('Open the dashboard');
    expect(idle.tabs).toEqual(['/dashboard/index.html#/overview']);

    const holding = await openPopup(popupState({ queue: all }));
    await holding.click('Look at what is held');
    expect(document.activeElement?.textContent).toContain('Needs you');
  });
});

test('waiting, held and the oldest stand as figures', async () => {
  const oldestWaiting = { since: Date.now() - 2 * 86_400_000 - 1000, reason: 'not_linked' as const };
  const popup = await openPopup(
    popupState({ queue: { ...all, counts: counts({ waiting: 1200, held: 2 }), oldestWaiting } }),
  );
  expect(popup.root.querySelector('.figures')?.textContent).toBe('Waiting1,200Held2Oldest waiting2 days');
});
