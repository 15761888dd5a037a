// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { HeldReward, WaitingGroup } from '../../src/contract/messages.ts';
import { counts, notOn, openPopup, popupState, problem } from './popup-scene.tsx';

const earlier = (unit: string, count: number, amount: number, currency: string): WaitingGroup => ({
  reason: 'earned_before_unit',
  facts: { unit },
  count,
  sums: [{ amount, currency }],
  nextTry: null,
});
const waiting = [earlier('STRIPE/USD', 85, 231_000, 'USD'), earlier('STRIPE/EUR', 2, 4000, 'EUR')];
const queue = { waiting, counts: counts({ waiting: 87 }) };
const seen = [
  { amount: 4000, currency: 'EUR' },
  { amount: 231_000, currency: 'USD' },
];
const saved = { units: ['STRIPE/USD'], currencyRule: 'confirm', caps: {}, paused: false };

describe('what was earned before its unit was added', () => {
  test('is one group over all units, credited only after a yes to the sums', async () => {
    const popup = await openPopup(popupState({ queue }));
    expect(popup.text()).toContain('87 rewards · €40.00 EUR and $2,310.00 USD');
    await popup.click('Credit them');
    expect(popup.asked()).toEqual([]);
    expect(popup.root.querySelector('dialog')?.textContent).toMatch(/87 rewards.*€40\.00 EUR\$2,310\.00 USD/);
    await popup.click('Credit earlier rewards');
    expect(popup.asked()).toEqual([['confirmBackfill', { version: 7, seen }]]);
  });

  test('Cancel credits nothing', async () => {
    const popup = await openPopup(popupState({ queue }));
    await popup.click('Credit them');
    await popup.click('Cancel');
    expect(popup.asked()).toEqual([]);
  });

  test('support sees it and may not say it', async () => {
    const popup = await openPopup(popupState({ role: 'support', queue }));
    expect(popup.text()).toContain('87 rewards');
    expect(popup.has('Credit them')).toBe(false);
  });

  test.each(['test', 'live'] as const)('turning on in %s mode asks about it', async (mode) => {
    const popup = await openPopup(popupState({ mode, settings: notOn, queue }));
    await popup.click('Turn on');
    expect(popup.asked()).toEqual([]);
    expect(popup.root.querySelector('dialog')?.textContent).toContain('$2,310.00 USD');
    await popup.click('Turn on and credit them');
    expect(popup.asked()).toEqual([
      ['confirmBackfill', { version: 7, seen }],
      ['saveSettings', { version: 8, ...saved }],
    ]);
  });

  test('turning on for new rewards only leaves it waiting', async () => {
    const popup = await openPopup(popupState({ settings: notOn, queue }));
    await popup.click('Turn on');
    await popup.click('Turn on for new rewards only');
    expect(popup.asked()).toEqual([['saveSettings', { version: 7, ...saved }]]);
  });

  test('a yes that is refused turns nothing on', async () => {
    const popup = await openPopup(popupState({ settings: notOn, queue }), {
      confirmBackfill: problem('settings_changed'),
    });
    await popup.click('Turn on');
    await popup.click('Turn on and credit them');
    expect(popup.asked().map(([name]) => name)).toEqual(['confirmBackfill']);
    expect(popup.text()).toContain('Somebody changed the settings in the meantime.');
  });
});

describe('caps', () => {
  const reward = (more: Partial<HeldReward> = {}): HeldReward => ({
    reward: 'r1',
    participant: { accountId: 'a1', userId: 'u1' },
    money: { amount: 2000, currency: 'USD' },
    unit: 'STRIPE/USD',
    reason: 'over_cap_reward',
    facts: { cap: '$19.99 USD' },
    action: 'release_cap',
    since: 1,
    ...more,
  });

  test('a held reward is let through after a second yes', async () => {
    const popup = await openPopup(popupState({ queue: { held: [reward()], counts: counts({ held: 1 }) } }));
    expect(popup.text()).toContain('The reward is above the cap of $19.99 USD for one reward.');
    await popup.click('Let it through');
    expect(popup.asked()).toEqual([]);
    await popup.click('Let it through once');
    expect(popup.asked()).toEqual([['releaseCap', { reward: 'r1' }]]);
  });

  test('of a group that waits for another day, one reward is let through', async () => {
    const group: WaitingGroup = {
      reason: 'over_cap',
      facts: { cap: '$50.00 USD' },
      count: 1,
      sums: [{ amount: 2000, currency: 'USD' }],
      nextTry: null,
      oldest: [reward({ reason: 'over_cap', facts: { cap: '$50.00 USD' } })],
    };
    const popup = await openPopup(
      popupState({ queue: { waiting: [group], counts: counts({ waiting: 1 }) } }),
    );
    await popup.click('Let it through');
    await popup.click('Let it through once');
    expect(popup.asked()).toEqual([['releaseCap', { reward: 'r1' }]]);
  });
});
