// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import type { UnitsAnswer } from '../../src/contract/routes.ts';
import { counts, notOn, notPaired, openPopup, popupState, problem } from './popup-scene.tsx';

const units = (field: string | null = 'stripeCustomerId') => ({
  field,
  units: ['USD', 'EUR'].map((currency) => ({
    unit: `STRIPE/${currency}`,
    key: 'STRIPE',
    currency,
    name: 'Stripe credit',
    kind: 'custom' as const,
    usable: true,
    why: null,
  })),
});
const noUnits = { settings: { ...notOn, units: [] } };
const written = { version: 7, currencyRule: 'confirm', caps: {} };

describe('pairing', () => {
  test('a pasted invitation fills both boxes, and loopback asks for no permission', async () => {
    const popup = await openPopup(notPaired());
    await popup.type('Proxy address', 'http://localhost:8787#ABCD-1234');
    await popup.click('Pair');
    expect(popup.asked()).toEqual([['pair', { proxy: 'http://localhost:8787', code: 'ABCD-1234' }]]);
    expect(popup.origins).toEqual([]);
  });

  test('another machine’s origin is asked for, that one alone, before the code is sent', async () => {
    const popup = await openPopup(notPaired());
    await popup.type('Proxy address', 'https://proxy.example');
    await popup.type('Pairing code', 'ABCD');
    await popup.click('Pair');
    expect(popup.origins).toEqual(['https://proxy.example']);
    expect(popup.asked()).toEqual([['pair', { proxy: 'https://proxy.example', code: 'ABCD' }]]);
  });

  test('a missing code sends nothing and says so', async () => {
    const popup = await openPopup(notPaired());
    await popup.type('Proxy address', 'https://proxy.example');
    await popup.click('Pair');
    expect(popup.asked()).toEqual([]);
    expect(popup.origins).toEqual([]);
    expect(popup.text()).toContain('Type the code');
  });

  test('a refusal says what happened, why and what to do, with code and request id folded away', async () => {
    const refusal = problem('code_invalid', { action: 'Ask for a new one.', requestId: 'req_1' });
    const popup = await openPopup(notPaired(), { pair: refusal });
    await popup.type('Proxy address', 'localhost:1#X');
    await popup.click('Pair');
    const alert = popup.root.querySelector('[role=alert]');
    expect(alert?.textContent).toContain('wrong, used or expired');
    expect(alert?.textContent).toContain('Ask for a new one.');
    const folded = alert?.querySelector('details');
    expect(folded?.open).toBe(false);
    expect(folded?.textContent).toMatch(/code_invalid.*req_1/);
  });
});

test('an address in brackets, which browsers give no access to, is refused with what to write instead', async () => {
  const popup = await openPopup(notPaired());
  await popup.type('Proxy address', 'http://[::1]:4242#CODE');
  await popup.click('Pair');
  expect(popup.asked()).toEqual([]);
  expect(popup.text()).toContain('Write http://localhost:4242 instead');
});

describe('connecting Stripe', () => {
  const unconnected = { connected: false, account: null, accountName: null };

  test('the address at Stripe opens in a tab, and the proxy is asked again until it knows', async () => {
    vi.useFakeTimers();
    const popup = await openPopup(popupState({ stripe: unconnected, ...noUnits }), {
      connect: { url: 'https://connect.example/x' },
    });
    await popup.click('Connect Stripe');
    expect(popup.tabs).toEqual(['https://connect.example/x']);
    popup.told.refresh = popupState(noUnits);
    await popup.do(() => vi.advanceTimersByTime(2100));
    vi.useRealTimers();
    expect(popup.text()).toContain('Aviato');
    expect(popup.has('Save units')).toBe(true);
  });

  test('support has no button that would be refused', async () => {
    const popup = await openPopup(popupState({ role: 'support', stripe: unconnected, ...noUnits }));
    expect(popup.has('Connect Stripe')).toBe(false);
    expect(popup.text()).toContain('Ask an admin to connect Stripe');
  });

  test('a restricted key leaves nothing to do', async () => {
    const popup = await openPopup(popupState({ stripe: { via: 'restricted_key' }, ...noUnits }), {
      units: units(),
    });
    await popup.click('Step 2, done: Connect your Stripe accountAviato');
    expect(popup.text()).toContain('Connected with the proxy’s restricted key');
    expect(popup.has('Disconnect')).toBe(false);
  });
});

describe('choosing units', () => {
  test('only Custom can be chosen; the other kinds stand there with their reasons', async () => {
    const popup = await openPopup(popupState(noUnits), { units: units() });
    const options = [...popup.root.querySelectorAll('option')];
    expect(options.filter((one) => !one.disabled).map((one) => one.textContent)).toEqual(['Custom']);
    expect(options.filter((one) => one.disabled).map((one) => one.textContent)).toEqual([
      expect.stringMatching(/^Credit: ./),
      expect.stringMatching(/^Cash: ./),
      expect.stringMatching(/^Discount: ./),
      expect.stringMatching(/^Fuel Tank: ./),
    ]);
  });

  test('typed and suggested units are saved with the version that was read, and nothing else changes', async () => {
    const popup = await openPopup(popupState(noUnits), { units: units() });
    await popup.type('Unit', 'STRIPE/USD');
    await popup.click('Add unit');
    await popup.click('Add STRIPE/EUR');
    await popup.click('Save units');
    expect(popup.asked().at(-1)).toEqual([
      'saveSettings',
      { ...written, units: ['STRIPE/USD', 'STRIPE/EUR'], paused: true },
    ]);
  });

  test('a unit that cannot be paid is not added', async () => {
    const popup = await openPopup(popupState(noUnits), { units: units() });
    await popup.type('Unit', 'GOLD/USD');
    expect(popup.button('Add unit').disabled).toBe(true);
    expect(popup.button('Save units').disabled).toBe(true);
    expect(popup.text()).toContain('Advocate has no such unit in this mode.');
  });

  test('when somebody saved first, one’s own changes are laid over theirs', async () => {
    const popup = await openPopup(popupState(noUnits), {
      units: units(),
      saveSettings: problem('settings_changed'),
    });
    await popup.click('Add STRIPE/EUR');
    await popup.click('Save units');
    const theirs = popupState({ settings: { ...notOn, version: 8, units: ['STRIPE/USD'] } });
    popup.told.refresh = theirs;
    await popup.click('Load the new settings');
    popup.told.saveSettings = theirs;
    await popup.click('Save units');
    expect(popup.asked().at(-1)).toEqual([
      'saveSettings',
      { ...written, version: 8, units: ['STRIPE/USD', 'STRIPE/EUR'], paused: true },
    ]);
  });

  const byKey = {
    field: null,
    units: [
      { unit: 'STRIPE', key: 'STRIPE', currency: null, name: 'S', kind: 'custom', usable: true, why: null },
    ],
  } satisfies UnitsAnswer;

  test('a unit that Advocate lists by its key alone asks for the currency instead of adding what cannot be saved', async () => {
    const popup = await openPopup(popupState(noUnits), { units: byKey });
    await popup.click('Type a currency for STRIPE');
    const box = popup.root.querySelector<HTMLInputElement>('input[placeholder="STRIPE/USD"]');
    expect(box?.value).toBe('STRIPE/');
    expect(document.activeElement).toBe(box);
    expect(popup.button('Save units').disabled).toBe(true);
  });

  test('a chosen unit that Advocate lists by its key alone is in no trouble', async () => {
    const popup = await openPopup(popupState({ settings: { ...notOn, units: ['STRIPE/USD'] } }), {
      units: byKey,
    });
    await popup.click('Step 3, done: Choose unitsSTRIPE/USD');
    expect(popup.root.querySelector('.units')?.textContent).not.toContain('no such unit');
  });

  test('another spelling of the link field is pointed out', async () => {
    const popup = await openPopup(popupState(noUnits), { units: units('stripeCustomerID') });
    expect(popup.root.querySelector('.notice-warn')?.textContent).toContain('stripeCustomerID');
  });
});

describe('turning on', () => {
  const waiting = [
    {
      reason: 'paused' as const,
      facts: {},
      nextTry: null,
      count: 3,
      sums: [{ amount: 6000, currency: 'USD' }],
    },
  ];

  test('says beforehand how many rewards go through and what they add up to', async () => {
    const popup = await openPopup(popupState({ settings: notOn, queue: { waiting } }));
    expect(popup.text()).toContain('Up to 3 rewards go through at once: $60.00 USD.');
  });

  test('in test mode one click does it', async () => {
    const popup = await openPopup(popupState({ settings: notOn, queue: { waiting } }));
    await popup.click('Turn on');
    expect(popup.asked()).toEqual([['saveSettings', { ...written, units: ['STRIPE/USD'], paused: false }]]);
  });

  test('in live mode nothing is sent before a second, plain yes', async () => {
    const popup = await openPopup(popupState({ mode: 'live', settings: notOn, queue: { waiting } }));
    await popup.click('Turn on');
    expect(popup.asked()).toEqual([]);
    expect(popup.root.querySelector('dialog')?.textContent).toContain(
      'Up to 3 rewards go through at once: $60.00 USD',
    );
    await popup.click('Cancel');
    expect(popup.root.querySelector('dialog')).toBeNull();
    expect(popup.asked()).toEqual([]);
    await popup.click('Turn on');
    await popup.click('Turn on live credits');
    expect(popup.asked()).toEqual([['saveSettings', { ...written, units: ['STRIPE/USD'], paused: false }]]);
  });

  test('a count and its sum are of the same rewards', async () => {
    const popup = await openPopup(
      popupState({ settings: notOn, queue: { waiting, counts: counts({ ready: 2 }) } }),
    );
    expect(popup.text()).toContain(
      'Up to 3 rewards go through at once: $60.00 USD. So may 2 rewards found just now.',
    );
  });

  test('support cannot', async () => {
    const popup = await openPopup(popupState({ role: 'support', settings: notOn }));
    expect(popup.has('Turn on')).toBe(false);
  });
});
