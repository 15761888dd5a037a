// @vitest-environment happy-dom

import { describe, expect, test, vi } from 'vitest';
import type { HeldReward } from '../../src/contract/messages.ts';
import { SERVER } from '../../src/contract/words.ts';
import { counts, notPaired, openPopup, popupState, problem } from './popup-scene.tsx';

const held = (more: Partial<HeldReward>): HeldReward => ({
  reward: 'r1',
  participant: { accountId: 'a1', userId: 'u1' },
  money: { amount: 2000, currency: 'USD' },
  unit: 'STRIPE/USD',
  reason: 'stripe_refused',
  facts: {},
  action: 'retry',
  since: 1,
  ...more,
});
const holding = (...list: HeldReward[]) => ({ held: list, counts: counts({ held: list.length }) });

test('mode and accounts are said in words before anything else', async () => {
  const popup = await openPopup(popupState({ mode: 'live' }));
  const header = popup.root.querySelector('header');
  expect(header?.textContent).toMatch(/Aviato · acct_1.*test_tenant/);
  expect(popup.button('Live').getAttribute('aria-pressed')).toBe('true');
  expect(popup.button('Test').getAttribute('aria-pressed')).toBe('false');
  await popup.click('Test');
  expect(popup.asked()).toEqual([['chooseMode', { mode: 'test' }]]);
});

test('today’s credits stand per currency', async () => {
  const creditedToday = [
    { amount: 6000, currency: 'USD' },
    { amount: 500, currency: 'JPY' },
  ];
  const popup = await openPopup(popupState({ queue: { creditedToday } }));
  expect([...popup.root.querySelectorAll('.sum')].map((one) => one.textContent)).toEqual([
    '$60.00 USD',
    '¥500 JPY',
  ]);
});

test('Run now runs, Pause writes the settings back with their version', async () => {
  const popup = await openPopup(popupState());
  await popup.click('Run now');
  await popup.click('Pause');
  expect(popup.asked()).toEqual([
    ['run', {}],
    ['saveSettings', { version: 7, units: ['STRIPE/USD'], currencyRule: 'confirm', caps: {}, paused: true }],
  ]);
});

describe('a held reward has its sentence and one button', () => {
  test('retry', async () => {
    const popup = await openPopup(popupState({ queue: holding(held({ facts: { detail: 'No.' } })) }));
    expect(popup.text()).toContain('$20.00 USD');
    expect(popup.text()).toContain('Stripe refused the credit: “No.”');
    await popup.click('Try again');
    expect(popup.asked()).toEqual([['retry', { reward: 'r1' }]]);
  });

  test('a currency is confirmed only after a second yes', async () => {
    const unset = held({ reason: 'currency_unset', facts: { customer: 'cus_1', currency: 'USD' } });
    const popup = await openPopup(popupState({ queue: holding(unset) }));
    await popup.click('Confirm currency');
    expect(popup.asked()).toEqual([]);
    await popup.click('Confirm and credit');
    expect(popup.asked()).toEqual([['confirmCurrency', { reward: 'r1' }]]);
  });

  test('support may not move money', async () => {
    const popup = await openPopup(popupState({ role: 'support', queue: holding(held({})) }));
    expect(popup.has('Try again')).toBe(false);
    expect(popup.has('Run now')).toBe(false);
    expect(popup.text()).toContain('An admin has to do this.');
  });

  test('a refusal of the button stands beside it, with its code', async () => {
    const popup = await openPopup(popupState({ queue: holding(held({})) }), {
      retry: problem('lease_taken'),
    });
    await popup.click('Try again');
    expect(popup.root.querySelector('.item [role=alert]')?.textContent).toMatch(
      /Another browser.*lease_taken/,
    );
  });
});

test('a reward that could not be sent says when it is tried again', async () => {
  const waiting = [
    { reason: 'stripe_unreachable' as const, facts: {}, count: 1, sums: [], nextTry: Date.now() + 125_000 },
  ];
  const popup = await openPopup(popupState({ queue: { waiting } }));
  expect(popup.text()).toMatch(/Stripe could not be reached.*Next try in 2 minutes/);
});

test('waiting rewards say why, how many and how much, and how old the oldest is', async () => {
  const popup = await openPopup(
    popupState({
      queue: {
        waiting: [
          {
            reason: 'unit_not_configured',
            facts: { unit: 'GOLD/USD' },
            nextTry: null,
            count: 2,
            sums: [{ amount: 4000, currency: 'USD' }],
          },
        ],
        oldestWaiting: { since: Date.now() - 3 * 3_600_000 - 1000, reason: 'unit_not_configured' },
      },
    }),
  );
  expect(popup.text()).toMatch(
    /Oldest waiting3 hours.*2 rewards · \$40\.00 USD.*GOLD\/USD is not set to pay/,
  );
  await popup.click('Edit units');
  expect(popup.has('Save units')).toBe(true);
});

test('the browser that sends instead is named', async () => {
  const state = popupState();
  if (!state.session) throw new Error('no session');
  state.session.modes.test.lease = {
    holder: { id: 'b2', name: 'Ben’s' },
    until: Date.now() + 60_000,
    mine: false,
  };
  const popup = await openPopup(state);
  expect(popup.text()).toContain('Another browser is sending: Ben’s.');
  expect(popup.has('Run now')).toBe(false);
  await popup.click('Look for new rewards');
  expect(popup.asked()).toEqual([['run', {}]]);
});

test('a server that sends is named, and nobody is told to keep a browser open', async () => {
  const state = popupState();
  if (!state.session) throw new Error('no session');
  state.session.modes.test.lease = {
    holder: { id: `${SERVER}82e64648d9ab`, name: 'Server db1' },
    until: Date.now() + 60_000,
    mine: false,
  };
  const popup = await openPopup(state);
  expect(popup.text()).toContain('No browser has to be open: Server db1 sends.');
  expect(popup.text()).not.toContain('Another browser is sending');
});

test('an unreachable proxy leaves the last picture standing and offers one way on', async () => {
  const offline = popupState({ top: { problem: problem('proxy_unreachable') } });
  const popup = await openPopup(offline, { refresh: offline });
  expect(popup.text()).toMatch(/Offline.*could not be reached.*was true.*Credited today/);
  popup.told.refresh = popupState();
  await popup.click('Try again');
  expect(popup.root.querySelector('[role=alert]')).toBeNull();
});

test('a silent worker is an error with a way on, not an empty page', async () => {
  const popup = await openPopup(popupState(), { state: problem('message_unknown') });
  expect(popup.root.querySelector('[role=alert]')?.textContent).toContain('message_unknown');
  delete popup.told.state;
  await popup.click('Try again');
  expect(popup.text()).toContain('Credited today');
});

test('what the worker announces is shown at once', async () => {
  const popup = await openPopup(popupState());
  await popup.announce(popupState({ settings: { paused: true } }));
  expect(popup.text()).toContain('Paused: nothing is sent.');
  expect(popup.has('Turn on')).toBe(true);
});

test('unpairing and disconnecting ask once more', async () => {
  const popup = await openPopup(popupState());
  await popup.click('Unpair');
  await popup.click('Cancel');
  await popup.click('Disconnect');
  expect(popup.asked()).toEqual([]);
  await popup.click('Disconnect Stripe');
  await popup.click('Unpair');
  await popup.click('Unpair this browser');
  expect(popup.asked()).toEqual([
    ['disconnect', {}],
    ['unpair', {}],
  ]);
});

test('everything is asked in the mode that is shown', async () => {
  const popup = await openPopup(popupState({ mode: 'live' }));
  await popup.click('Run now');
  expect(popup.modes).toEqual([undefined, 'live', 'live']);
  await popup.announce(popupState({ mode: 'test' }));
  await popup.click('Pause');
  expect(popup.modes.at(-1)).toBe('test');
});

test('a question that was asked of one mode does not stay for the other', async () => {
  const popup = await openPopup(popupState({ mode: 'live', settings: { paused: true } }));
  await popup.click('Turn on');
  expect(popup.has('Turn on live credits')).toBe(true);
  await popup.announce(popupState({ mode: 'test', settings: { paused: true } }));
  expect(popup.has('Turn on live credits')).toBe(false);
});

test('a browser that was sent away reads so above the form that pairs it again', async () => {
  const away = notPaired();
  const popup = await openPopup({ ...away, problem: problem('unauthorized', { detail: 'It was revoked.' }) });
  expect(popup.text()).toMatch(/It was revoked\..*Proxy address/);
  expect(popup.has('Pair')).toBe(true);
});

test('a proxy that never answered since the browser started leaves a way out', async () => {
  const gone = { session: null, sessionAt: null, problem: problem('proxy_unreachable') };
  const popup = await openPopup(popupState({ top: gone }));
  expect(popup.has('Try again')).toBe(true);
  await popup.click('Unpair');
  await popup.click('Unpair this browser');
  expect(popup.asked()).toEqual([['unpair', {}]]);
});

test('Try again repeats a run that failed', async () => {
  const popup = await openPopup(popupState({ top: { problem: problem('advocate_unreachable') } }));
  await popup.click('Try again');
  expect(popup.asked()).toEqual([['run', {}]]);
});

test('a worker that died while it ran is asked how it is', async () => {
  vi.useFakeTimers();
  const popup = await openPopup(popupState({ top: { running: true } }));
  expect(popup.has('Running…')).toBe(true);
  popup.told.state = popupState();
  await popup.do(() => vi.advanceTimersByTime(5100));
  vi.useRealTimers();
  expect(popup.has('Run now')).toBe(true);
});

test('a button that is busy keeps the focus and does nothing', async () => {
  const popup = await openPopup(popupState());
  popup.button('Run now').focus();
  await popup.announce(popupState({ top: { running: true } }));
  const busy = popup.button('Running…');
  expect(document.activeElement).toBe(busy);
  expect([busy.disabled, busy.getAttribute('aria-disabled')]).toEqual([false, 'true']);
  await popup.click('Running…');
  expect(popup.asked()).toEqual([]);
});

test('what is credited and not yet redeemed is told, and then nothing says that no reward waits', async () => {
  const popup = await openPopup(popupState({ queue: { counts: counts({ credited: 2 }) } }));
  expect(popup.text()).toContain('2 rewards credited, still to be redeemed in Advocate.');
  expect(popup.text()).not.toContain('No reward is waiting');
});

test('support sees why rewards wait and may look at the units', async () => {
  const sums = [{ amount: 4000, currency: 'USD' }];
  const group = { facts: {}, nextTry: null, count: 2, sums };
  const waiting = [
    { ...group, reason: 'unit_not_configured' as const },
    { ...group, reason: 'not_linked' as const },
  ];
  const popup = await openPopup(popupState({ role: 'support', queue: { waiting } }));
  expect(popup.root.querySelectorAll('.item .button')[0]?.textContent).toBe('See units');
  expect(popup.root.querySelectorAll('.item .button')[1]?.textContent).toBe('Link a participant');
});

test('connected through a restricted key, which tells no account: that much is said', async () => {
  const stripe = { via: 'restricted_key' as const, account: null, accountName: null };
  const popup = await openPopup(popupState({ stripe }));
  expect(popup.text()).toContain('Stripe · through a restricted key');
  expect(popup.text()).not.toContain('No Stripe account yet');
});

test('when news last arrived by itself stands beside the last run', async () => {
  const told = await openPopup(popupState({ top: { hintAt: Date.now() - 125_000 } }));
  expect(told.text()).toContain('News arrived 2 minutes ago.');
  expect((await openPopup(popupState())).text()).not.toContain('News arrived');
});
