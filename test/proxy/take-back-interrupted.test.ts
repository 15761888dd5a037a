/** Whatever comes in between, what is taken back is taken back once. */
import { describe, expect, test } from 'vitest';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { postTransaction } from '../../sandbox/stripe/state.ts';
import { ANNAS_CUSTOMER, creditsOf, type Stage, setStage } from './stage.ts';
import {
  books,
  confirm,
  confirmedBy,
  heartbeat,
  holder,
  ID,
  one,
  see,
  spend,
  TRANSACTIONS,
  takenBack,
  usd,
  wronglyCredited,
} from './take-back-scene.ts';

describe('whatever goes wrong on the way to Stripe, it is taken back once in the end', () => {
  const faults: [string, FaultInput[]][] = [
    ['F1 reset before the request is read', [{ fault: 'F1' }]],
    ['F2 reset after the commit', [{ fault: 'F2' }]],
    ['F3 half an answer', [{ fault: 'F3' }]],
    ['F5 500 before execution', [{ fault: 'F5' }]],
    ['F6 500 that is saved and replayed', [{ fault: 'F6' }]],
    ['F7 500 after the commit, saved', [{ fault: 'F7' }]],
    ['F8 the key is in use', [{ fault: 'F8' }]],
    ['F9 rate limit', [{ fault: 'F9', times: 2 }]],
    ['F10 lock time-out', [{ fault: 'F10', times: 2 }]],
    ['F11 the key was used with other parameters', [{ fault: 'F11' }]],
    ['F26 500 with should-retry false', [{ fault: 'F26' }]],
    ['F26 the same although it was done', [{ fault: 'F26', commit: true }]],
    ['F27 an HTML page instead of an answer', [{ fault: 'F27' }]],
    ['F27 an HTML page although it was done', [{ fault: 'F27', commit: true }]],
    ['F28 a redirect', [{ fault: 'F28' }]],
    ['three resets after the commit', [{ fault: 'F2', times: 3 }]],
    ['a reset before, then one after the commit', [{ fault: 'F1' }, { fault: 'F2' }]],
  ];
  test.each(faults)('%s', async (_, injected) => {
    // More credit than is taken back, so that a second one would go through.
    const stage = await wronglyCredited();
    spend(stage, -9000);
    for (const fault of injected) stage.stripe.inject({ method: 'POST', path: TRANSACTIONS, ...fault });
    await confirm(stage, 2000);
    for (let minute = 1; minute <= 5; minute++) await heartbeat(stage, minute * 60_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed', reason: null, reversed: usd(2000) });
    expect(takenBack(stage)).toMatchObject([{ amount: 2000 }]);
    expect(creditsOf(stage, ID)[0]?.metadata.advocate_reversed_by).toBe(takenBack(stage)[0]?.id);
    expect(stage.stripe.state.redirectsFollowed).toEqual([]);
  });

  test('whoever drains sets it off: taking the lease tries again', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({ mine: true });
    await expect.poll(async () => (await one(stage)).state).toBe('reversed');
  });

  test('those that nobody can finish now do not keep the others from being finished', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const credit = await stage.db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow();
    const reversal = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    const alike = async (name: string, account: string | null, parameters: string | null) => {
      const own = { reward: name, idempotency_key: `key ${name}` };
      const values = { ...credit, ...own, stripe_account: account, credit: `cbtxn_${name}` };
      await stage.db.insertInto('ledger').values(values).execute();
      await stage.db
        .insertInto('reversals')
        .values({ ...reversal, ...own, parameters })
        .execute();
    };
    await alike('A edited', credit.stripe_account, 'not as it was written');
    for (let i = 0; i < 60; i++) await alike(`A elsewhere ${i}`, 'acct_gone', reversal.parameters);
    await heartbeat(stage).catch(() => undefined);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
  });

  test('a lease that is renewed meanwhile does not set it off once more', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F9', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const { reversals } = stage.parts.ofMode('test');
    const { due } = reversals;
    const gate = Promise.withResolvers<void>();
    let asked = 0;
    reversals.due = async (...given) => {
      asked += 1;
      await gate.promise;
      return due(...given);
    };
    for (let times = 0; times < 3; times++) await stage.ask('PUT', '/test/lease');
    expect(asked).toBe(1);
    gate.resolve();
    await expect.poll(async () => (await one(stage)).state).toBe('reversed');
    await expect.poll(async () => (await stage.ask('PUT', '/test/lease')) && asked).toBe(2);
  });

  test('F4 it is made long after the client has gone: found, not made again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'outcome_unknown',
    });
    const row = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    const stripe = await stage.parts.connections.current('test');
    await stripe?.reverse(ANNAS_CUSTOMER, JSON.parse(row.parameters ?? ''), row.idempotency_key ?? '');
    await heartbeat(stage, 26 * 3_600_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F4 the first request arrives after the second: the same key, and nothing more is taken', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    const row = await stage.db.selectFrom('reversals').selectAll().executeTakeFirstOrThrow();
    await heartbeat(stage, 60_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    const stripe = await stage.parts.connections.current('test');
    await stripe?.reverse(ANNAS_CUSTOMER, JSON.parse(row.parameters ?? ''), row.idempotency_key ?? '');
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F12 a refusal saved under the key is told, and does not poison it', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F12', method: 'POST', path: TRANSACTIONS, message: 'No.' });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'stripe_refused' });
    await heartbeat(stage, 60_000);
    expect(await one(stage)).toMatchObject({ state: 'confirmed', reason: 'stripe_refused' });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F13 the key was pruned over the weekend: what was made is found, not made again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    stage.stripe.inject({ fault: 'F2', method: 'POST', path: TRANSACTIONS });
    stage.stripe.inject({ fault: 'F5', method: 'GET', path: TRANSACTIONS, after: 1 });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'outcome_unknown',
    });
    stage.stripe.clearFaults();
    await heartbeat(stage, 3 * 86_400_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('F14 access revoked: held, nothing more is sent, and it goes on when the account is connected again', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F14', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'not_connected' });
    const sent = stage.exchanges.length;
    await heartbeat(stage, 60_000);
    expect(stage.exchanges.slice(sent).filter(({ service }) => service === 'stripe')).toEqual([]);
    stage.stripe.connect('test');
    await stage.db.updateTable('connections').set({ broken: null }).execute();
    await heartbeat(stage, 120_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed' });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test('another account is connected: nothing is asked there and nothing is sent', async () => {
    const stage = await wronglyCredited();
    await stage.db.updateTable('connections').set({ account: 'acct_another' }).execute();
    const sent = stage.exchanges.length;
    expect(await one(stage)).toMatchObject({ unspent: null, reason: 'account_changed' });
    const refused = await confirm(stage, 2000);
    expect(refused.body).toMatchObject({ code: 'reversal_not_possible' });
    expect(refused.body.detail).toMatch(/another Stripe account/);
    expect(stage.exchanges.slice(sent).filter(({ service }) => service === 'stripe')).toEqual([]);
  });

  test('F17 the customer is deleted in that moment: held with what to do, and it can be dismissed', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F17', method: 'POST', path: TRANSACTIONS });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'customer_missing',
    });
    await heartbeat(stage, 60_000);
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'confirmed',
      reason: 'customer_deleted',
    });
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`)).body).toMatchObject({
      state: 'dismissed',
    });
    expect(takenBack(stage)).toEqual([]);
  });

  test('a customer deleted before: it cannot be taken back, and says so', async () => {
    const stage = await wronglyCredited();
    holder(stage).deleted = true;
    expect(await one(stage)).toMatchObject({ unspent: null, reason: 'customer_deleted', state: 'proposed' });
    expect((await confirm(stage, 2000)).body).toMatchObject({
      code: 'reversal_not_possible',
      detail: expect.stringContaining('deleted'),
    });
  });

  test('one that may have been carried out cannot be dismissed', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F1', method: 'POST', path: TRANSACTIONS });
    await confirm(stage, 2000);
    expect((await stage.ask('POST', `/test/reversals/${ID}/dismiss`)).body).toMatchObject({
      code: 'reversal_changed',
      current: 'confirmed',
    });
    expect(await one(stage)).toMatchObject({ state: 'confirmed' });
  });

  test('the mark and the note that failed are written later', async () => {
    const stage = await wronglyCredited();
    stage.stripe.inject({ fault: 'F5', method: 'POST', path: /balance_transactions\/cbtxn_\w+$/ });
    expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
    expect(creditsOf(stage, ID)[0]?.metadata).not.toHaveProperty('advocate_reversed_by');
    stage.advocate.inject({ fault: 'error-500', times: 1 });
    await heartbeat(stage, 60_000);
    expect(creditsOf(stage, ID)[0]?.metadata).toHaveProperty('advocate_reversed_by');
    stage.advocate.clearFaults();
    await heartbeat(stage, 120_000);
    expect(stage.advocate.state.test.metas).toMatchObject([{ status: 'WARN' }]);
    const row = await stage.db.selectFrom('reversals').select('marked_at').executeTakeFirstOrThrow();
    expect(row.marked_at).not.toBeNull();
  });
});

describe('a proxy that was killed between two steps', () => {
  /** Confirmed, and as far sent as `sent` says; the lock of the dead one has run out. */
  async function crashed(sent: 'not sent' | 'marked as sent' | 'made at Stripe'): Promise<Stage> {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    const { reversals, parameters, row } = await confirmedBy(stage, 'the dead one');
    if (sent !== 'not sent') await reversals.markSent(row);
    if (sent === 'made at Stripe') {
      const stripe = await stage.parts.connections.current('test');
      await stripe?.reverse(ANNAS_CUSTOMER, parameters, row.idempotency_key);
    }
    return stage;
  }

  test.each(['not sent', 'marked as sent', 'made at Stripe'] as const)('%s: once', async (sent) => {
    const stage = await crashed(sent);
    // Still the dead one's.
    expect(await confirm(stage, 2000)).toMatchObject({ status: 409, body: { code: 'reversal_changed' } });
    await heartbeat(stage, 130_000);
    expect(await one(stage)).toMatchObject({ state: 'reversed', reversed: usd(2000) });
    expect(takenBack(stage)).toHaveLength(1);
  });

  test.each(['marked as sent', 'made at Stripe'] as const)(
    '%s, and back after a weekend: once',
    async (sent) => {
      const stage = await crashed(sent);
      await heartbeat(stage, 3 * 86_400_000);
      expect(await one(stage)).toMatchObject({ state: 'reversed' });
      expect(takenBack(stage)).toHaveLength(1);
    },
  );

  test('a database put back from before it: what was taken back is found and not taken again', async () => {
    const stage = await wronglyCredited();
    spend(stage, -9000);
    await confirm(stage, 2000);
    await stage.db.deleteFrom('reversals').execute();
    stage.setClock(() => Date.now() + 3 * 86_400_000);
    await see(stage);
    expect((await confirm(stage, 2000)).body).toMatchObject({
      state: 'reversed',
      transaction: takenBack(stage)[0]?.id,
    });
    expect(takenBack(stage)).toHaveLength(1);
  });
});

test('a machine that slept through its lock does not send what another proxy took back', async () => {
  const stage = await wronglyCredited();
  spend(stage, -9000);
  const { reversals, row } = await confirmedBy(stage, 'the sleeper');
  stage.setClock(() => Date.now() + 130_000);
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(await reversals.lock(ID, 'another', ANNAS_CUSTOMER)).toBeDefined();
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await reversals.unlock(ID, 'another');
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed' });
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await expect(reversals.renew(row)).rejects.toMatchObject({ name: 'LockLostError' });
  await expect(reversals.reopen(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(takenBack(stage)).toHaveLength(1);
});

test('taken back is final: whoever still holds the row sends nothing, and a second one is an alarm', async () => {
  const { reversals, row } = await confirmedBy(await wronglyCredited(), 'who holds it');
  const made = { ...{ id: 'cbtxn_1', customer: ANNAS_CUSTOMER, metadata: {} }, ...usd(2000), after: 0 };
  const answer = { ...made, createdAt: 1, requestId: null };
  await reversals.reversed(row, answer);
  await expect(reversals.markSent(row)).rejects.toMatchObject({ name: 'LockLostError' });
  expect(await reversals.reversed(row, answer)).toMatchObject({ transaction_id: 'cbtxn_1' });
  await expect(reversals.reversed(row, { ...answer, id: 'cbtxn_2' })).rejects.toThrow('taken back twice');
});

/** Somebody’s own adjustment that says of itself what only ours should. */
const markedByHand = (stage: Stage, amount: number, currency = 'usd') =>
  postTransaction(books(stage), holder(stage), {
    amount,
    currency,
    created: Math.floor(Date.now() / 1000),
    type: 'adjustment',
    metadata: { advocate_reversal_of: creditsOf(stage, ID)[0]?.id ?? '' },
  });

test('what has the sign of a credit is not taken for what took one back', async () => {
  const stage = await wronglyCredited();
  markedByHand(stage, -500);
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'reversed', reversed: usd(2000) });
});

test.each([
  ['more than the credit', 2500, 'usd'],
  ['another currency', 100, 'eur'],
])('a transaction that cannot be its reversal is shown to a person: %s', async (_, amount, currency) => {
  const stage = await wronglyCredited();
  spend(stage, -9000);
  markedByHand(stage, amount, currency);
  expect((await confirm(stage, 2000)).body).toMatchObject({ state: 'confirmed', reason: 'credit_differs' });
  expect(takenBack(stage)).toEqual([]);
});

test('no reversal is taken for a credit, whatever its metadata say', async () => {
  const stage = await setStage();
  const { alias } = stage.seed.advocate.tenants.test;
  postTransaction(books(stage), holder(stage), {
    amount: 2000,
    currency: 'usd',
    created: Math.floor(Date.now() / 1000),
    type: 'adjustment',
    metadata: { advocate_reward: ID, advocate_tenant: alias },
  });
  // A ledger as young as this one looks before it credits.
  await stage.db
    .updateTable('facts')
    .set({ value: String(Date.now()) })
    .where('name', '=', 'born_at')
    .execute();
  expect((await stage.credits({ rewards: [ID] }))[0]).toMatchObject({ state: 'redeemed' });
  expect(creditsOf(stage, ID).map(({ amount }) => amount)).toEqual([2000, -2000]);
});
