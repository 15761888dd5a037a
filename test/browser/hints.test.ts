/** From Advocate's and Stripe's webhooks to a run in the browser, with no alarm that could have woken it. */
import { expect, test } from 'vitest';
import { account, look } from '../../sandbox/invariants.ts';
import { listenAt } from '../../sandbox/listen-at.ts';
import { type Stage, setStage, setUp, smallSeed, UNITS } from './stage.ts';

const ANNA = { accountId: 'anna@example.com', id: 'anna@example.com' };

/** How often a worker of this browser has begun to listen. */
const timesListening = ({ logLines }: Stage) =>
  logLines.filter((line) => line.includes('listens for hints')).length;

/** From here on only an event from outside can start a run. */
async function withoutAlarms({ hands }: Stage): Promise<void> {
  await hands.popup.evaluate('chrome.alarms.clearAll()');
  expect(await hands.popup.evaluate('chrome.alarms.getAll()')).toEqual([]);
}

/** A small company that is set up, has paid what was due, and rests. */
async function resting() {
  const stage = await setStage({ seed: smallSeed() });
  const { sandbox, proxy, hands, until } = stage;
  const before = look(sandbox, 'test');
  listenAt(sandbox, proxy.url);
  await setUp(stage);
  const now = () => account(before, look(sandbox, 'test'), UNITS);
  const atRest = () =>
    until('everything is redeemed and the worker rests', async () => {
      const { findings, redeemed } = now();
      const { running, queue } = await hands.state();
      return findings.length === 0 && !running && queue.counts.redeemed === redeemed.length;
    });
  await until('the worker listens', () => timesListening(stage) > 0);
  await atRest();
  return { ...stage, now, atRest };
}

test('a reward that is earned becomes credit by Advocate’s word, without waiting for an alarm', async () => {
  const stage = await resting();
  const { sandbox, hands, until, now, atRest } = stage;
  await withoutAlarms(stage);

  const first = sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 700 });
  await until('it is redeemed', () => now().redeemed.some(({ id }) => id === first));
  await atRest();
  expect((await hands.state()).hintAt).toEqual(expect.any(Number));

  // The browser stops the worker; whoever wakes it next has it listen again.
  await hands.stopWorker();
  const listened = timesListening(stage);
  await hands.reopenPopup();
  await until('the new worker listens', () => timesListening(stage) > listened);
  await withoutAlarms(stage);
  const second = sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 900 });
  await until('it is redeemed too', () => now().redeemed.some(({ id }) => id === second));
  await atRest();

  expect(await hands.popup.evaluate('chrome.alarms.getAll()')).toEqual([]);
  expect(now().credited).toHaveLength(6);
  expect(now().changes.find(({ name }) => name === 'Anna Example')).toMatchObject({ after: 5100 });
});

test('access that is taken back at Stripe is seen at once, and the rewards wait', async () => {
  const stage = await resting();
  const { sandbox, hands, until, now } = stage;
  await withoutAlarms(stage);
  sandbox.stripe.revoke(sandbox.stripe.state.accountId, 'test');
  await until(
    'the browser knows',
    async () => (await hands.state()).session?.modes.test.stripe.connected === false,
  );
  sandbox.advocate.earn('test', ANNA, { unit: 'STRIPE/USD', amount: 700 });
  await until('it waits', async () =>
    (await hands.state()).queue.waiting.some(({ reason }) => reason === 'not_connected'),
  );
  expect(now().credited).toHaveLength(4);
});
