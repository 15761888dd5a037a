// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { openDashboard } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

const settings = {
  units: ['STRIPE/USD', 'GOLD/JPY'],
  caps: { USD: { perCredit: 5000, perDay: null } },
  backfill: { 'STRIPE/USD': 1 },
};
const REWARD = 'Most per reward (USD)';
const DAY = 'Most per day (USD)';

test('the caps of every unit’s currency are shown as people write them', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  expect(dashboard.box(REWARD).value).toBe('50.00');
  expect(dashboard.box(DAY).value).toBe('');
  expect(dashboard.box('Most per reward (JPY)').value).toBe('');
});

test('what is typed is stored in minor units, with the version that was read, and nothing else is touched', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  await dashboard.type(DAY, '1,000');
  await dashboard.type('Most per reward (JPY)', '500');
  await dashboard.type(REWARD, '');
  expect(dashboard.text()).toContain('$1,000.00 USD; saved is no cap');
  await dashboard.click('Save limits');
  expect(dashboard.asked()).toEqual([
    [
      'saveSettings',
      {
        version: 7,
        units: ['STRIPE/USD', 'GOLD/JPY'],
        paused: false,
        currencyRule: 'confirm',
        caps: { USD: { perCredit: null, perDay: 100_000 }, JPY: { perCredit: 500, perDay: null } },
      },
    ],
  ]);
  expect(dashboard.text()).toContain('Saved.');
});

test('something that is no amount is said beneath its box and cannot be saved', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  await dashboard.type(REWARD, 'a lot');
  expect(dashboard.box(REWARD).getAttribute('aria-invalid')).toBe('true');
  expect(dashboard.text()).toContain('Type an amount, for example 50.00.');
  expect(dashboard.button('Save limits').disabled).toBe(true);
});

test('unchanged limits cannot be saved', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  expect(dashboard.button('Save limits').disabled).toBe(true);
  await dashboard.type(REWARD, '50');
  expect(dashboard.button('Save limits').disabled).toBe(true);
});

test('the currency rule is two radio buttons with a sentence each', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  const [confirm, allow] = dashboard.radios();
  expect([confirm?.checked, allow?.checked]).toEqual([true, false]);
  await dashboard.do(() => allow?.click());
  await dashboard.click('Save limits');
  expect(dashboard.asked()).toMatchObject([['saveSettings', { currencyRule: 'allow' }]]);
});

describe('somebody else’s newer settings', () => {
  const newer = { ...settings, version: 8, caps: { USD: { perCredit: 7000, perDay: null } } };

  test('refuse the save, are told and shown, and what was typed stays until the person decides', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/limits', {
      saveSettings: problem('settings_changed'),
    });
    await dashboard.type(DAY, '200');
    dashboard.told.refresh = popupState({ settings: newer });
    await dashboard.click('Save limits');
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toMatch(
      /Somebody changed the settings.*Most per reward \(USD\): \$50\.00 USD → \$70\.00 USD/,
    );
    expect([dashboard.box(REWARD).value, dashboard.box(DAY).value]).toEqual(['70.00', '200']);
    expect(dashboard.button('Save limits').disabled).toBe(true);

    await dashboard.click('Keep what I typed');
    delete dashboard.told.saveSettings;
    await dashboard.click('Save limits');
    expect(dashboard.asked().at(-1)).toMatchObject([
      'saveSettings',
      { version: 8, caps: { USD: { perCredit: 7000, perDay: 20_000 } } },
    ]);
  });

  test('that arrive while somebody types are told at once, never written over unseen', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/limits');
    await dashboard.type(REWARD, '60');
    await dashboard.announce(popupState({ settings: newer }));
    expect(dashboard.box(REWARD).value).toBe('60');
    expect(dashboard.text()).toContain('saved is $70.00 USD');
    expect(dashboard.button('Save limits').disabled).toBe(true);
    await dashboard.click('Drop my changes');
    expect(dashboard.box(REWARD).value).toBe('70.00');
    expect(dashboard.asked()).toEqual([]);
  });
});

test('what was typed outlives a look at another view', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  await dashboard.type(DAY, '200');
  await dashboard.go('#/audit');
  await dashboard.go('#/limits');
  expect(dashboard.box(DAY).value).toBe('200');
});

test('leaving the page with something unsaved asks first', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/limits');
  const leave = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(leave()).toBe(false);
  await dashboard.type(DAY, '200');
  expect(leave()).toBe(true);
});

test('support reads the limits and has nothing to type or press', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support', settings }), '#/limits');
  expect(dashboard.text()).toMatch(/Most per reward \(USD\)\$50\.00 USD.*Ask an admin first/);
  expect(dashboard.text()).toContain('Only an admin can change the limits.');
  expect(dashboard.root.querySelectorAll('input')).toHaveLength(0);
  expect(dashboard.has('Save limits')).toBe(false);
});

test('no unit yet says where to add one', async () => {
  const dashboard = await openDashboard(popupState({ settings: { units: [], caps: {} } }), '#/limits');
  expect(dashboard.text()).toContain('No unit is set up in test mode yet.');
});
