/** F24, F20: what a row lets whom write, and when. */
import { expect, test } from 'vitest';
import type { Claim, LedgerRow } from '../../src/proxy/ledger.ts';
import { LOCK_MS, LockLostError } from '../../src/proxy/ledger.ts';
import { ANNA, ANNAS_CUSTOMER, setStage } from '../proxy/stage.ts';
import { DAY, ID, later } from './scene.ts';

const CLAIM: Claim = {
  account_id: ANNA.accountId,
  user_id: ANNA.userId,
  unit: 'STRIPE/USD',
  stripe_account: 'acct_1MeadowSandbox001',
  customer: ANNAS_CUSTOMER,
  amount: 2000,
  currency: 'USD',
  redeem_amount: 2000,
  redeemed_before: 0,
  parameters: '{}',
};
const CREDIT = { id: 'cbtxn_1', requestId: 'req_1', before: 0, after: 2000, at: 1 };

async function lockedRow() {
  const stage = await setStage();
  const { ledger } = stage.parts.ofMode('test');
  expect(await ledger.claim(ID, CLAIM, 'a browser', null)).toBe('claimed');
  const row = await ledger.lock(ID, 'first');
  if (row === undefined) throw new Error('the row is free');
  return { stage, ledger, row };
}
const send = ({ ledger }: Awaited<ReturnType<typeof lockedRow>>, row: LedgerRow) =>
  ledger.markSent(row, 'a browser', []);

test('F24 · who slept over its lock can mark nothing as sent, even while nobody else has taken the row', async () => {
  const held = await lockedRow();
  later(held.stage, LOCK_MS + 1);
  await expect(send(held, held.row)).rejects.toThrow(LockLostError);
});

test('F24 · a row that another request took over is written by that one alone', async () => {
  const held = await lockedRow();
  later(held.stage, LOCK_MS + 1);
  const taken = await held.ledger.lock(ID, 'second');
  if (taken === undefined) throw new Error('the lock ran out');
  await expect(send(held, held.row)).rejects.toThrow(LockLostError);
  await expect(held.ledger.renew(held.row, CLAIM)).rejects.toThrow(LockLostError);
  expect(await send(held, taken)).toMatchObject({ outcome_unknown: 1, locked_by: 'second' });
});

test('a claim of yesterday is claimed anew under today’s cap and counts today, or stays as it was', async () => {
  const { stage, ledger } = await lockedRow();
  later(stage, DAY);
  const row = await ledger.lock(ID, 'first');
  if (row === undefined) throw new Error('the row is free');
  expect(await ledger.claim('another today', CLAIM, 'a browser', 3000)).toBe('claimed');
  expect(await ledger.reclaim(row, CLAIM, 3000)).toBeUndefined();
  expect(await ledger.find(ID)).toMatchObject({ claimed_at: row.claimed_at });
  expect(await ledger.reclaim(row, CLAIM, 4000)).toMatchObject({ idempotency_key: row.idempotency_key });
  expect(await ledger.claim('a third today', CLAIM, 'a browser', 5000)).toBe('over_cap');
});

test('F20 · two requests at once: the row is one’s, and only when it lets go the other’s', async () => {
  const { ledger, row } = await lockedRow();
  expect(await ledger.lock(ID, 'second')).toBeUndefined();
  await ledger.unlock(ID, 'second');
  expect(await ledger.lock(ID, 'second')).toBeUndefined();
  await ledger.unlock(ID, 'first');
  const second = await ledger.lock(ID, 'second');
  expect(second?.locked_by).toBe('second');
  expect(row.locked_by).toBe('first');
});

test('F24 · what is credited meanwhile is not sent again by whoever still holds the lock', async () => {
  const held = await lockedRow();
  await held.ledger.credited(ID, CREDIT, 'a browser');
  await expect(send(held, held.row)).rejects.toThrow(LockLostError);
});

test('F20 · a second, different credit for a reward is an alarm; the same one is not', async () => {
  const { ledger } = await lockedRow();
  await ledger.credited(ID, CREDIT, 'a browser');
  expect(await ledger.credited(ID, CREDIT, 'a browser')).toMatchObject({ credit: 'cbtxn_1' });
  await expect(ledger.credited(ID, { ...CREDIT, id: 'cbtxn_2' }, 'a browser')).rejects.toThrow('two credits');
  expect(await ledger.find(ID)).toMatchObject({ credit: 'cbtxn_1' });
});

test('F20 · the intent is committed once: a second claim changes neither key nor parameters', async () => {
  const { ledger, row } = await lockedRow();
  expect(await ledger.claim(ID, { ...CLAIM, amount: 9, parameters: '{"x":1}' }, 'other', null)).toBe(
    'exists',
  );
  const { idempotency_key, parameters, amount } = row;
  expect(await ledger.find(ID)).toMatchObject({ idempotency_key, parameters, amount });
});
