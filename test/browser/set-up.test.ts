import { expect, test, vi } from 'vitest';
import { setStage, UNITS } from './stage.ts';

const MOST_CLICKS = 15;
const LONGEST_MS = 90_000;

test('from an empty profile to credits, through the popup alone, closed after every step', async () => {
  const { hands, proxy, sandbox, until } = await setStage();
  const press = vi.spyOn(hands, 'press');
  const began = performance.now();

  await hands.pair(proxy.url, await proxy.invite('admin'));
  const pairing = press.mock.calls.length;
  await hands.reopenPopup();
  await hands.connect();
  await hands.reopenPopup();
  await hands.addUnits(UNITS);
  await hands.reopenPopup();
  await hands.see(hands.popup, 'Turn on');
  await hands.turnOnAndCreditThem();
  await until('money has reached Stripe', () => Object.keys(sandbox.stripe.state.idempotency).length > 0);

  const seconds = (performance.now() - began) / 1000;
  const clicks = press.mock.calls.length - pairing;
  console.log(
    `set-up: ${seconds.toFixed(1)} s of machine time, ${clicks} clicks after pairing (${UNITS.length} units)`,
  );
  expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  expect(seconds * 1000).toBeLessThan(LONGEST_MS);
  expect((await hands.state()).session?.modes.live.stripe.connected, 'live mode is set up apart').toBe(false);
});
