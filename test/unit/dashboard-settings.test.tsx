// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { PopupState } from '../../src/contract/messages.ts';
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
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  expect(dashboard.box(REWARD).value).toBe('50.00');
  expect(dashboard.box(DAY).value).toBe('');
  expect(dashboard.box('Most per reward (JPY)').value).toBe('');
});

test('what is typed is stored in minor units, with the version that was read, and nothing else is touched', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  await dashboard.type(DAY, '1,000');
  await dashboard.type('Most per reward (JPY)', '500');
  await dashboard.type(REWARD, '');
  expect(dashboard.text()).toContain('$1,000.00 USD; saved is no cap');
  await dashboard.click('Save settings');
  expect(dashboard.asked().filter(([name]) => name !== 'units')).toEqual([
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
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  await dashboard.type(REWARD, 'a lot');
  expect(dashboard.box(REWARD).getAttribute('aria-invalid')).toBe('true');
  expect(dashboard.text()).toContain('Type an amount, for example 50.00.');
  expect(dashboard.button('Save settings').disabled).toBe(true);
});

test('unchanged settings cannot be saved', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  expect(dashboard.button('Save settings').disabled).toBe(true);
  await dashboard.type(REWARD, '50');
  expect(dashboard.button('Save settings').disabled).toBe(true);
});

test('the currency rule is two radio buttons with a sentence each', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  const [confirm, allow] = dashboard.radios();
  expect([confirm?.checked, allow?.checked]).toEqual([true, false]);
  await dashboard.do(() => allow?.click());
  await dashboard.click('Save settings');
  expect(dashboard.asked().at(-1)).toMatchObject(['saveSettings', { currencyRule: 'allow' }]);
});

describe('somebody else’s newer settings', () => {
  const newer = { ...settings, version: 8, caps: { USD: { perCredit: 7000, perDay: null } } };

  test('refuse the save, are told and shown, and what was typed stays until the person decides', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings', {
      saveSettings: problem('settings_changed'),
    });
    await dashboard.type(DAY, '200');
    dashboard.told.refresh = popupState({ settings: newer });
    await dashboard.click('Save settings');
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toMatch(
      /Somebody changed the settings.*Most per reward \(USD\): \$50\.00 USD → \$70\.00 USD/,
    );
    expect([dashboard.box(REWARD).value, dashboard.box(DAY).value]).toEqual(['70.00', '200']);
    expect(dashboard.button('Save settings').disabled).toBe(true);

    await dashboard.click('Keep what I typed');
    delete dashboard.told.saveSettings;
    await dashboard.click('Save settings');
    expect(dashboard.asked().at(-1)).toMatchObject([
      'saveSettings',
      { version: 8, caps: { USD: { perCredit: 7000, perDay: 20_000 } } },
    ]);
  });

  test('that arrive while somebody types are told at once, never written over unseen', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings');
    await dashboard.type(REWARD, '60');
    await dashboard.announce(popupState({ settings: newer }));
    expect(dashboard.box(REWARD).value).toBe('60');
    expect(dashboard.text()).toContain('saved is $70.00 USD');
    expect(dashboard.button('Save settings').disabled).toBe(true);
    await dashboard.click('Drop my changes');
    expect(dashboard.box(REWARD).value).toBe('70.00');
    expect(dashboard.asked().map(([name]) => name)).not.toContain('saveSettings');
  });
});

test('what is typed while a slow proxy saves stays, can be saved next, and is not called saved', async () => {
  const answer = Promise.withResolvers<PopupState>();
  const dashboard = await openDashboard(popupState({ settings }), '#/settings', {
    saveSettings: answer.promise,
  });
  await dashboard.type(REWARD, '60');
  await dashboard.click('Save settings');
  await dashboard.type(DAY, '200');
  const newer = { ...settings, version: 8, caps: { USD: { perCredit: 6000, perDay: null } } };
  await dashboard.do(() => answer.resolve(popupState({ settings: newer })));
  expect([dashboard.box(REWARD).value, dashboard.box(DAY).value]).toEqual(['60', '200']);
  expect(dashboard.text()).not.toContain('Saved.');
  expect(dashboard.text()).not.toContain('Somebody changed the settings');
  delete dashboard.told.saveSettings;
  await dashboard.click('Save settings');
  expect(dashboard.asked().at(-1)).toMatchObject([
    'saveSettings',
    { version: 8, caps: { USD: { perCredit: 6000, perDay: 20_000 } } },
  ]);
});

test('what was typed outlives a look at another view', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  await dashboard.type(DAY, '200');
  await dashboard.go('#/audit');
  await dashboard.go('#/settings');
  expect(dashboard.box(DAY).value).toBe('200');
});

test('leaving the page with something unsaved asks first', async () => {
  const dashboard = await openDashboard(popupState({ settings }), '#/settings');
  const leave = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }));
  expect(leave()).toBe(false);
  await dashboard.type(DAY, '200');
  expect(leave()).toBe(true);
});

test('support reads the settings and has nothing to type or press', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support', settings }), '#/settings');
  expect(dashboard.text()).toMatch(/Most per reward \(USD\)\$50\.00 USD.*Ask an admin first/);
  expect(dashboard.text()).toContain('Only an admin can change the settings.');
  expect(dashboard.root.querySelectorAll('input')).toHaveLength(0);
  expect(dashboard.has('Save settings')).toBe(false);
});

test('no unit yet says where to add one', async () => {
  const dashboard = await openDashboard(popupState({ settings: { units: [], caps: {} } }), '#/settings');
  expect(dashboard.text()).toContain('No unit is set up in test mode yet.');
});

describe('units', () => {
  const unit = (text: string, usable = true) => {
    const [key = '', currency = ''] = text.split('/');
    return {
      unit: text,
      key,
      currency,
      name: key,
      kind: 'custom' as const,
      usable,
      why: usable ? null : ('not_redeemable' as const),
    };
  };
  const units = {
    units: [unit('STRIPE/USD'), unit('GOLD/JPY'), unit('STRIPE/EUR'), unit('SWAG/USD', false)],
    field: 'stripeCustomerId',
  };

  test('are added and taken out in the draft, and saved with everything else at once', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings', { units });
    await dashboard.click('Add STRIPE/EUR');
    await dashboard.click('Remove GOLD/JPY');
    await dashboard.type('Most per day (EUR)', '100');
    expect(dashboard.text()).toContain('Units: STRIPE/USD, GOLD/JPY → STRIPE/USD, STRIPE/EUR.');
    await dashboard.click('Save settings');
    expect(dashboard.asked().at(-1)).toMatchObject([
      'saveSettings',
      {
        version: 7,
        units: ['STRIPE/USD', 'STRIPE/EUR'],
        caps: { USD: { perCredit: 5000, perDay: null }, EUR: { perCredit: null, perDay: 10_000 } },
      },
    ]);
  });

  test('that cannot be paid are refused while one types, and nothing can be saved', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings', { units });
    await dashboard.type('Unit', 'SWAG/USD');
    expect(dashboard.text()).toContain('Make it redeemable there first.');
    expect(dashboard.button('Add unit').disabled).toBe(true);
    expect(dashboard.button('Save settings').disabled).toBe(true);
    expect(dashboard.text()).toContain('Something above is not finished');
  });

  test('one that stands in its box, checked and fine, is saved as well', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings', { units });
    await dashboard.type('Unit', 'STRIPE/EUR');
    await dashboard.click('Save settings');
    expect(dashboard.asked().at(-1)).toMatchObject([
      'saveSettings',
      { units: ['STRIPE/USD', 'GOLD/JPY', 'STRIPE/EUR'] },
    ]);
  });

  test('laid over somebody else’s newer list keep what both did', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings', { units });
    await dashboard.click('Remove GOLD/JPY');
    const newer = { ...settings, version: 8, units: ['STRIPE/USD', 'GOLD/JPY', 'STRIPE/EUR'] };
    await dashboard.announce(popupState({ settings: newer }));
    expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain(
      'Units: STRIPE/USD, GOLD/JPY → STRIPE/USD, GOLD/JPY, STRIPE/EUR.',
    );
    await dashboard.click('Keep what I typed');
    await dashboard.click('Save settings');
    expect(dashboard.asked().at(-1)).toMatchObject([
      'saveSettings',
      { version: 8, units: ['STRIPE/USD', 'STRIPE/EUR'] },
    ]);
  });
});

describe('pausing and turning on', () => {
  const calls = (dashboard: Awaited<ReturnType<typeof openDashboard>>) =>
    dashboard.asked().filter(([name]) => name !== 'units');

  test('take effect at once and touch nothing else', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings');
    await dashboard.click('Pause credits');
    expect(calls(dashboard)).toEqual([
      [
        'saveSettings',
        {
          version: 7,
          units: settings.units,
          caps: settings.caps,
          currencyRule: 'confirm',
          paused: true,
        },
      ],
    ]);
  });

  test.each([
    ['Pause credits', 'Pause live credits', false],
    ['Turn on', 'Turn on live credits', true],
  ])('in live mode “%s” asks once more', async (press, yes, paused) => {
    const state = popupState({ mode: 'live', settings: { ...settings, paused } });
    const dashboard = await openDashboard(state, '#/settings');
    await dashboard.click(press);
    expect(calls(dashboard)).toEqual([]);
    await dashboard.click('Cancel');
    await dashboard.click(press);
    await dashboard.click(yes);
    expect(calls(dashboard)).toMatchObject([['saveSettings', { paused: !paused }]]);
  });

  test('are no news to whoever did it: what they typed stays and can be saved', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings');
    await dashboard.type(DAY, '200');
    dashboard.told.saveSettings = popupState({ settings: { ...settings, version: 8, paused: true } });
    await dashboard.click('Pause credits');
    expect(dashboard.text()).not.toContain('Somebody changed the settings');
    delete dashboard.told.saveSettings;
    await dashboard.click('Save settings');
    expect(calls(dashboard).at(-1)).toMatchObject([
      'saveSettings',
      { version: 8, paused: true, caps: { USD: { perDay: 20_000 } } },
    ]);
  });

  test('hide nothing that somebody else changed before', async () => {
    const dashboard = await openDashboard(popupState({ settings }), '#/settings');
    await dashboard.type(DAY, '200');
    const newer = { ...settings, version: 8, caps: { USD: { perCredit: 7000, perDay: null } } };
    await dashboard.announce(popupState({ settings: newer }));
    dashboard.told.saveSettings = popupState({ settings: { ...newer, version: 9, paused: true } });
    await dashboard.click('Pause credits');
    expect(dashboard.text()).toContain('Somebody changed the settings');
    expect(dashboard.text()).toContain('$50.00 USD → $70.00 USD');
  });

  test('before anything is set up, what comes first is said instead', async () => {
    const never = { turnedOnAt: null, paused: true };
    const noStripe = await openDashboard(
      popupState({ settings: never, stripe: { connected: false } }),
      '#/settings',
    );
    expect(noStripe.text()).toContain('First connect Stripe');
    expect(noStripe.has('Turn on')).toBe(false);
  });
});
