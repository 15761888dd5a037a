/** Each of the ledger's verbs by itself: what it writes, whose row it touches, and when it must not. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import {
  type Begun,
  type Claim,
  createLedger,
  type Ledger,
  type LedgerRow,
  LOCK_MS,
  LockLostError,
} from '../../src/proxy/ledger.ts';
import { databaseOfTest } from '../support/database-of-test.ts';

const DAY_MS = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 5, 15);
const NOON = MIDNIGHT + DAY_MS / 2;
/** Two requests, each by a name of its own. */
const [OURS, OTHERS] = ['request-1', 'request-2'];
const BROWSER = { id: 'browser-1', name: 'Anna’s browser' };

let now = NOON;
let db: Database;
let ledger: Ledger;
let live: Ledger;

beforeEach(async () => {
  now = NOON;
  const { url, drop } = await databaseOfTest();
  db = await openDatabase(url, () => now);
  ledger = createLedger(db, 'test', 'acme');
  live = createLedger(db, 'live', 'acme_live');
  await db
    .insertInto('browsers')
    .values({ ...BROWSER, role: 'admin', token_hash: 'h', paired_at: 0, last_seen_at: 0, revoked_at: null })
    .execute();
  return async () => {
    await db.destroy();
    await drop();
  };
});

const wanted = (more: Partial<Claim> = {}): Claim => ({
  account_id: 'acc-1',
  user_id: 'user-1',
  unit: 'STRIPE/USD',
  stripe_account: 'acct_1',
  customer: 'cus_1',
  amount: 2000,
  currency: 'USD',
  redeem_amount: 2000,
  redeemed_before: 0,
  parameters: '{"amount":-2000}',
  earned_at: NOON - DAY_MS,
  ...more,
});
const claim = (
  reward: string,
  more: Partial<Claim> = {},
  { of = ledger, cap = null as number | null } = {},
) => of.claim(reward, wanted(more), BROWSER.id, cap);
async function present<T>(value: Promise<T | undefined>): Promise<T> {
  const found = await value;
  if (found === undefined) throw new Error('Nothing is there.');
  return found;
}
const rowOf = (reward: string, of = ledger): Promise<LedgerRow> => present(of.find(reward));
const lock = (reward: string, of = ledger): Promise<LedgerRow> => present(of.lock(reward, OURS));
async function claimAndLock(reward: string, more: Partial<Claim> = {}, of = ledger): Promise<LedgerRow> {
  await claim(reward, more, { of });
  return lock(reward, of);
}
const creditOf = (id: string, at = now) => ({ id, requestId: 'req_1', before: 500, after: 2500, at });
async function credited(reward: string, more: Partial<Claim> = {}, { of = ledger, at = now } = {}) {
  await claim(reward, more, { of });
  return of.credited(reward, creditOf(`cbtxn_${of === live ? 'live_' : ''}${reward}`, at), BROWSER.id);
}
async function redeemed(reward: string, of = ledger) {
  await credited(reward, {}, { of });
  return of.redeemed(reward, 0, BROWSER.id);
}
async function history() {
  const rows = await db.selectFrom('audit').selectAll().orderBy('seq').execute();
  return rows.map(({ actor, actor_name, mode, action, subject, before, after }) => ({
    actor,
    actor_name,
    mode,
    action,
    subject,
    before: before === null ? null : JSON.parse(before),
    after: after === null ? null : JSON.parse(after),
  }));
}
const BY_BROWSER = { actor: BROWSER.id, actor_name: BROWSER.name, mode: 'test', subject: 'r1' };
const rewards = (rows: readonly { reward: string }[]) => rows.map(({ reward }) => reward);

describe('a claim', () => {
  test('is the intent, with what will be sent frozen under a key of tenant, reward and epoch', async () => {
    expect(await claim('r1')).toBe('claimed');
    expect(await rowOf('r1')).toEqual({
      ...wanted(),
      mode: 'test',
      reward: 'r1',
      point: 'claimed',
      key_epoch: 0,
      idempotency_key: 'advocate-credits:acme:r1:0',
      claimed_by: BROWSER.id,
      claimed_at: NOON,
      first_sent_at: null,
      last_sent_at: null,
      outcome_unknown: 0,
      refusal: null,
      credit: null,
      request_id: null,
      credit_before: null,
      credit_after: null,
      credited_at: null,
      redeem_sent_at: null,
      redeemed_at: null,
      redeemed_by_hand: 0,
      noted_at: null,
      locked_by: null,
      locked_until: null,
    });
  });

  test('of a reward that has its row changes nothing', async () => {
    await claim('r1');
    const before = await rowOf('r1');
    now += 1;
    expect(await claim('r1', { customer: 'cus_2', amount: 1 })).toBe('exists');
    expect(await claim('r1', {}, { cap: 1 })).toBe('exists');
    expect(await rowOf('r1')).toEqual(before);
  });

  test('is of one mode: the other has a row of its own', async () => {
    expect(await claim('r1', {}, { of: live })).toBe('claimed');
    expect(await ledger.find('r1')).toBeUndefined();
    expect(await claim('r1')).toBe('claimed');
  });

  test.each(['held_by_hand', 'dismissed'] as const)('is refused where an admin has it %s', async (reason) => {
    const word = { reward: 'r1', reason, decided_by: BROWSER.id, decided_at: NOON, seq: 1 };
    await db
      .insertInto('holds')
      .values({ mode: 'test', ...word })
      .execute();
    expect(await claim('r1')).toBe(reason);
    expect(await ledger.find('r1')).toBeUndefined();
    expect(await claim('r2')).toBe('claimed');
    expect(await claim('r1', {}, { of: live })).toBe('claimed');
  });

  test('that the database refuses is an error, and no cap that is reached', async () => {
    await db.schema.alterTable('ledger').renameTo('elsewhere').execute();
    await expect(claim('r1')).rejects.toThrow(/ledger/);
    await expect(claim('r1', {}, { cap: 1 })).rejects.toThrow(/ledger/);
  });
});

describe('the cap of the day', () => {
  test('has room for exactly as much as it says, and what is over it is not claimed', async () => {
    expect(await claim('r1', { amount: 3000 }, { cap: 5000 })).toBe('claimed');
    expect(await claim('r2', { amount: 2001 }, { cap: 5000 })).toBe('over_cap');
    expect(await ledger.find('r2')).toBeUndefined();
    expect(await claim('r2', { amount: 2000 }, { cap: 5000 })).toBe('claimed');
    expect(await claim('r3', { amount: 1 }, { cap: 5000 })).toBe('over_cap');
    expect(await claim('r3', { amount: 1 }, { cap: null })).toBe('claimed');
  });

  test('is of the day (UTC), the currency and the mode', async () => {
    now = MIDNIGHT - 1;
    await claim('yesterday', { amount: 1 });
    now = MIDNIGHT;
    await claim('first', { amount: 10 });
    await claim('euro', { amount: 100, currency: 'EUR' });
    await claim('live', { amount: 1000 }, { of: live });
    now = MIDNIGHT + DAY_MS - 1;
    expect(await ledger.claimedTodayBeside('other', 'USD')).toBe(10);
    expect(await claim('last', { amount: 5 }, { cap: 14 })).toBe('over_cap');
    expect(await claim('last', { amount: 5 }, { cap: 15 })).toBe('claimed');
    now += 1;
    expect(await claim('tomorrow', { amount: 14 }, { cap: 14 })).toBe('claimed');
  });

  test('is told without the reward that asks, and is 0 where nobody claimed', async () => {
    expect(await ledger.claimedTodayBeside('r1', 'USD')).toBe(0);
    await claim('r1', { amount: 10 });
    await claim('r2', { amount: 200 });
    expect(await ledger.claimedTodayBeside('r1', 'USD')).toBe(200);
    expect(await ledger.claimedTodayBeside('r2', 'USD')).toBe(10);
    expect(await ledger.claimedTodayBeside('r3', 'USD')).toBe(210);
    expect(await ledger.claimedTodayBeside('r3', 'EUR')).toBe(0);
  });
});

describe('a row lock', () => {
  test('is one request’s for two minutes, and anybody’s after', async () => {
    await claim('r1');
    expect(await ledger.lock('r1', OURS)).toMatchObject({
      reward: 'r1',
      locked_by: OURS,
      locked_until: NOON + 120_000,
    });
    now += LOCK_MS;
    expect(await ledger.lock('r1', OTHERS)).toBeUndefined();
    expect(await rowOf('r1')).toMatchObject({ locked_by: OURS });
    now += 1;
    expect(await ledger.lock('r1', OTHERS)).toMatchObject({ locked_by: OTHERS, locked_until: now + LOCK_MS });
  });

  test('is renewed for whoever holds it', async () => {
    await claimAndLock('r1');
    now += LOCK_MS - 1;
    expect(await ledger.lock('r1', OURS)).toMatchObject({ locked_by: OURS, locked_until: now + LOCK_MS });
  });

  test('is given back by whoever holds it, and by nobody else', async () => {
    const held = await claimAndLock('r1');
    await ledger.unlock('r1', OTHERS);
    expect(await rowOf('r1')).toEqual(held);
    await ledger.unlock('r1', OURS);
    expect(await rowOf('r1')).toMatchObject({ locked_by: null, locked_until: null });
    expect(await ledger.lock('r1', OTHERS)).toMatchObject({ locked_by: OTHERS });
  });

  test('is of no row where nothing was claimed', async () => {
    expect(await ledger.lock('r1', OURS)).toBeUndefined();
  });
});

/** What only the request that holds the row may write. */
const FENCED: [string, (row: LedgerRow) => Promise<LedgerRow | undefined>][] = [
  ['that it is sent', (row) => ledger.markSent(row, BROWSER.id, ['cap_released'])],
  ['that it was not sent', (row) => ledger.markNotSent(row)],
  ['that it was refused', (row) => ledger.markRefused(row, 'no')],
  ['a new key', (row) => ledger.renew(row, wanted({ customer: 'cus_2' }))],
  ['a claim anew', (row) => ledger.reclaim(row, wanted({ customer: 'cus_2' }), 10_000)],
];

describe.each(FENCED)('%s', (_, write) => {
  test('is written while the row is held, to its last moment, and the row is held on', async () => {
    const row = await claimAndLock('r1');
    now += LOCK_MS;
    const after = await write(row);
    expect(after).toMatchObject({ locked_by: OURS, locked_until: now + LOCK_MS });
    expect(await rowOf('r1')).toEqual(after);
  });

  const lost: [string, () => Promise<unknown>][] = [
    [
      'the lock ran out',
      async () => {
        now += LOCK_MS + 1;
      },
    ],
    [
      'another request has the row',
      async () => {
        await ledger.unlock('r1', OURS);
        await ledger.lock('r1', OTHERS);
      },
    ],
    ['it is credited by now', () => ledger.credited('r1', creditOf('cbtxn_1'), BROWSER.id)],
  ];
  test.each(lost)('is not written once %s', async (_cause, lose) => {
    const row = await claimAndLock('r1');
    await lose();
    const [before, said] = [await rowOf('r1'), await history()];
    const error = await write(row).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LockLostError);
    expect(error).toMatchObject({ name: 'LockLostError', message: 'r1' });
    expect(await rowOf('r1')).toEqual(before);
    expect(await history()).toEqual(said);
  });
});

describe('sending', () => {
  test('keeps when it was first sent, and that the outcome is unknown from then on', async () => {
    const row = await claimAndLock('r1');
    const first = await ledger.markSent(row, BROWSER.id, []);
    expect(first).toEqual({
      ...row,
      first_sent_at: NOON,
      last_sent_at: NOON,
      outcome_unknown: 1,
      locked_until: NOON + LOCK_MS,
    });
    now += 5000;
    expect(await ledger.markSent(first, BROWSER.id, [])).toEqual({
      ...first,
      last_sent_at: now,
      locked_until: now + LOCK_MS,
    });
    expect(await history()).toEqual([]);
  });

  test('writes down what a person agreed to, without which it would not be sent', async () => {
    await ledger.markSent(await claimAndLock('r1'), BROWSER.id, ['currency_confirmed', 'cap_released']);
    const after = { customer: 'cus_1', money: { amount: 2000, currency: 'USD' } };
    expect(await history()).toEqual([
      { ...BY_BROWSER, action: 'currency_confirmed', before: null, after },
      { ...BY_BROWSER, action: 'cap_released', before: null, after },
    ]);
  });

  test('that was turned away leaves the row as it was before', async () => {
    const row = await claimAndLock('r1');
    const sent = await ledger.markSent(row, BROWSER.id, []);
    expect(await ledger.markNotSent(row)).toEqual(row);

    await ledger.markSent(row, BROWSER.id, []);
    now += 1000;
    await ledger.markSent(sent, BROWSER.id, []);
    expect(await ledger.markNotSent(sent)).toEqual({ ...sent, locked_until: now + LOCK_MS });
  });

  test('that Stripe refused is known not to have credited, and says why', async () => {
    const sent = await ledger.markSent(await claimAndLock('r1'), BROWSER.id, []);
    expect(await ledger.markRefused(sent, 'No such customer')).toEqual({
      ...sent,
      outcome_unknown: 0,
      refusal: 'No such customer',
    });
  });

  test('anew is under a new key, with new parameters and nothing known of the old one', async () => {
    const sent = await ledger.markSent(await claimAndLock('r1'), BROWSER.id, []);
    const refused = await ledger.markRefused(sent, 'No such customer');
    const unsure = await ledger.markSent(refused, BROWSER.id, []);
    now += 1;
    const other = wanted({ customer: 'cus_2', parameters: '{"amount":-1999}', amount: 1999 });
    const renewed = await ledger.renew(unsure, other);
    expect(renewed).toEqual({
      ...unsure,
      ...other,
      claimed_at: now,
      key_epoch: 1,
      idempotency_key: 'advocate-credits:acme:r1:1',
      first_sent_at: null,
      last_sent_at: null,
      outcome_unknown: 0,
      refusal: null,
      locked_until: now + LOCK_MS,
    });
    expect((await ledger.renew(renewed, other)).idempotency_key).toBe('advocate-credits:acme:r1:2');
  });
});

describe('claimed anew before it is sent', () => {
  test('as it was wanted before, it keeps its key', async () => {
    const row = await claimAndLock('r1');
    now += DAY_MS;
    await lock('r1');
    const anew = wanted({ earned_at: NOON, redeemed_before: 1 });
    expect(await ledger.reclaim(row, anew, null)).toEqual({
      ...row,
      ...anew,
      claimed_at: now,
      locked_until: now + LOCK_MS,
    });
  });

  test.each([
    { customer: 'cus_2' },
    { stripe_account: 'acct_2' },
    { stripe_account: null },
    { parameters: '{"amount":-1}' },
  ])('to send something else, it gets a key that never travelled: %j', async (other) => {
    const row = await claimAndLock('r1');
    expect(await ledger.reclaim(row, wanted(other), null)).toEqual({
      ...row,
      ...other,
      key_epoch: 1,
      idempotency_key: 'advocate-credits:acme:r1:1',
    });
  });

  test('it counts today, and not where today’s cap has no room for it', async () => {
    now = NOON - DAY_MS;
    await claim('r1');
    now = NOON;
    await claim('r2', { amount: 3000 });
    const row = await lock('r1');
    expect(await ledger.reclaim(row, wanted({ amount: 2001, customer: 'cus_2' }), 5000)).toBeUndefined();
    expect(await rowOf('r1')).toEqual(row);
    expect(await ledger.reclaim(row, wanted(), 5000)).toMatchObject({ claimed_at: NOON });
    expect(await ledger.claimedTodayBeside('r3', 'USD')).toBe(5000);
    expect(await ledger.reclaim(row, wanted({ amount: 9000 }), null)).toMatchObject({ amount: 9000 });
  });

  test('what the database refuses is an error, and no cap that is reached', async () => {
    const row = await claimAndLock('r1');
    await db.schema.alterTable('ledger').renameTo('elsewhere').execute();
    await expect(ledger.reclaim(row, wanted(), 1)).rejects.toThrow(/ledger/);
  });
});

describe('a credit', () => {
  test('is recorded with its balances, counted in its day, and written in the history', async () => {
    await claim('r1', { earned_at: null });
    const row = await lock('r1');
    const unsure = await ledger.markSent(row, BROWSER.id, []);
    const told = creditOf('cbtxn_1', NOON - 500);
    expect(await ledger.credited('r1', told, BROWSER.id)).toEqual({
      ...unsure,
      point: 'credited',
      credit: 'cbtxn_1',
      request_id: 'req_1',
      credit_before: 500,
      credit_after: 2500,
      credited_at: NOON - 500,
      outcome_unknown: 0,
      refusal: null,
    });
    expect(await db.selectFrom('days').selectAll().execute()).toEqual([
      { mode: 'test', day: MIDNIGHT / DAY_MS, kind: 'credited', item: 'USD', count: 1, amount: 2000 },
    ]);
    expect(await history()).toEqual([
      {
        ...BY_BROWSER,
        action: 'credited',
        before: { balance: { amount: 500, currency: 'USD' } },
        after: {
          balance: { amount: 2500, currency: 'USD' },
          money: { amount: 2000, currency: 'USD' },
          customer: 'cus_1',
          credit: 'cbtxn_1',
        },
      },
    ]);
  });

  test('is recorded by whoever found it, whoever holds the row, and ends a refusal', async () => {
    await ledger.markRefused(await claimAndLock('r1'), 'key_reused');
    now += LOCK_MS + 1;
    await ledger.lock('r1', OTHERS);
    expect(await ledger.credited('r1', creditOf('cbtxn_1'), BROWSER.id)).toMatchObject({
      point: 'credited',
      refusal: null,
      locked_by: OTHERS,
    });
  });

  test('found once more is the same, and counts once', async () => {
    const first = await credited('r1');
    now += 1;
    expect(await ledger.credited('r1', creditOf('cbtxn_r1'), BROWSER.id)).toEqual(first);
    expect(await history()).toHaveLength(1);
    const after = await ledger.redeemed('r1', 0, BROWSER.id);
    expect(await ledger.credited('r1', creditOf('cbtxn_r1'), BROWSER.id)).toEqual(after);
  });

  test('that is another one is an alarm, and changes nothing', async () => {
    const first = await credited('r1');
    await expect(ledger.credited('r1', creditOf('cbtxn_2'), BROWSER.id)).rejects.toThrow(
      'Reward r1 has two credits: cbtxn_r1 and cbtxn_2.',
    );
    expect(await rowOf('r1')).toEqual(first);
  });

  test('of a reward that was never claimed cannot be', async () => {
    await claim('r1', {}, { of: live });
    await expect(ledger.credited('r1', creditOf('cbtxn_1'), BROWSER.id)).rejects.toThrow();
  });
});

describe('redeeming', () => {
  test('keeps when it was first asked for, until it is known that nothing was executed', async () => {
    const row = await credited('r1');
    const asked = await ledger.markRedeemSent(row);
    expect(asked).toEqual({ ...row, redeem_sent_at: NOON });
    now += 1000;
    expect(await ledger.markRedeemSent(asked)).toEqual(asked);
    expect(await ledger.markRedeemNotSent(row)).toEqual(row);
    await ledger.markRedeemSent(row);
    expect(await ledger.markRedeemNotSent(asked)).toEqual(asked);
  });

  test('is recorded and written in the history', async () => {
    const row = await credited('r1');
    now += 1000;
    expect(await ledger.redeemed('r1', 0, BROWSER.id)).toEqual({
      ...row,
      point: 'redeemed',
      redeemed_at: now,
    });
    expect((await history()).at(-1)).toEqual({
      ...BY_BROWSER,
      action: 'redeemed',
      before: null,
      after: { redeemed: 2000, unit: 'STRIPE/USD' },
    });
  });

  test('says what somebody else had redeemed by hand', async () => {
    await credited('r1');
    expect(await ledger.redeemed('r1', 700, BROWSER.id)).toMatchObject({ redeemed_by_hand: 700 });
    expect((await history()).at(-1)?.after).toEqual({ redeemed: 2000, unit: 'STRIPE/USD', byHand: 700 });
  });

  test('that another request was quicker with stands as that one wrote it', async () => {
    await credited('r1');
    const first = await ledger.redeemed('r1', 0, BROWSER.id);
    const said = await history();
    now += 1000;
    expect(await ledger.redeemed('r1', 700, BROWSER.id)).toEqual(first);
    expect(await history()).toEqual(said);
  });

  test('does not pass over the credit', async () => {
    await claim('r1');
    expect(await ledger.redeemed('r1', 0, BROWSER.id)).toMatchObject({ point: 'claimed', redeemed_at: null });
    await expect(ledger.redeemed('r2', 0, BROWSER.id)).rejects.toThrow();
  });

  test('ends with the note', async () => {
    const row = await redeemed('r1');
    now += 1000;
    expect(await ledger.noted('r1')).toEqual({ ...row, point: 'noted', noted_at: now });
    await expect(ledger.noted('r2')).rejects.toThrow();
  });
});

/** What stands so, held by our request. */
const STANDING = {
  claimed: claimAndLock,
  credited: async (reward: string, more: Partial<Claim>, of: Ledger) => {
    await credited(reward, more, { of });
    return lock(reward, of);
  },
  redeemed: async (reward: string, _more: Partial<Claim>, of: Ledger) => {
    await redeemed(reward, of);
    return lock(reward, of);
  },
} as const;
type Write = (row: LedgerRow) => Promise<unknown>;
const WRITES: [string, keyof typeof STANDING, Write][] = [
  ...FENCED.map(([what, write]): [string, 'claimed', Write] => [what, 'claimed', write]),
  ['a lock', 'claimed', () => ledger.lock('r1', OURS)],
  ['the end of a lock', 'claimed', () => ledger.unlock('r1', OURS)],
  ['a credit', 'claimed', () => ledger.credited('r1', creditOf('cbtxn_1'), BROWSER.id)],
  ['that redeeming is asked for', 'credited', (row) => ledger.markRedeemSent(row)],
  ['that it was not', 'credited', (row) => ledger.markRedeemNotSent({ ...row, redeem_sent_at: 7 })],
  ['a redemption', 'credited', () => ledger.redeemed('r1', 0, BROWSER.id)],
  ['a note', 'redeemed', () => ledger.noted('r1')],
];
test.each(WRITES)(
  '%s is of no other reward, and not of the same one in the other mode',
  async (_, point, write) => {
    const row = await STANDING[point]('r1', {}, ledger);
    const others = [await STANDING[point]('r2', {}, ledger), await STANDING[point]('r1', {}, live)];
    now += 1000;
    await write(row);
    expect(await rowOf('r1')).not.toEqual(row);
    expect([await rowOf('r2'), await rowOf('r1', live)]).toEqual(others);
  },
);

describe('read', () => {
  test('one by one or many at once, of one mode', async () => {
    await claim('r1', { amount: 1 });
    await claim('r2', { amount: 2 });
    await claim('r3', { amount: 3 });
    await claim('r4', { amount: 4 }, { of: live });
    expect(await ledger.find('r2')).toMatchObject({ reward: 'r2', amount: 2 });
    expect(await ledger.find('r4')).toBeUndefined();
    const many = await ledger.findMany(['r3', 'r1', 'r4', 'r5']);
    expect([...many.keys()].sort()).toEqual(['r1', 'r3']);
    expect(many.get('r3')).toEqual(await rowOf('r3'));
    expect(await ledger.findMany([])).toEqual(new Map());
  });

  test('the time is that of the ledger’s own times', async () => {
    now += 1;
    expect(await ledger.now()).toBe(NOON + 1);
  });

  test('a note that did not get through is due ten seconds after, the longest redeemed first', async () => {
    for (const reward of ['r2', 'r1', 'r3', 'noted']) {
      await redeemed(reward);
      now += 1;
    }
    await ledger.noted('noted');
    await credited('owed');
    await redeemed('live', live);
    now = NOON + 10_000;
    expect(await ledger.unnoted(10)).toEqual([]);
    now = NOON + 10_002;
    expect(rewards(await ledger.unnoted(10))).toEqual(['r2', 'r1']);
    now = NOON + 60_000;
    expect(rewards(await ledger.unnoted(10))).toEqual(['r2', 'r1', 'r3']);
    expect(rewards(await ledger.unnoted(2))).toEqual(['r2', 'r1']);
    expect((await ledger.unnoted(1))[0]).toEqual(await rowOf('r2'));
  });

  test('what is not at its end comes in pages, the latest first, none twice and none left out', async () => {
    for (const [reward, at] of Object.entries({ r5: 1, r2: 2, r4: 2, r1: 2, r3: 3, done: 2, noted: 2 })) {
      now = NOON + at;
      await claim(reward);
    }
    await ledger.credited('r4', creditOf('cbtxn_4'), BROWSER.id);
    for (const reward of ['done', 'noted']) {
      await ledger.credited(reward, creditOf(`cbtxn_${reward}`), BROWSER.id);
      await ledger.redeemed(reward, 0, BROWSER.id);
    }
    await ledger.noted('noted');
    await claim('live', {}, { of: live });
    const all = await ledger.unfinished(null, 10);
    expect(all).toEqual([
      { reward: 'r3', at: NOON + 3 },
      { reward: 'r1', at: NOON + 2 },
      { reward: 'r2', at: NOON + 2 },
      { reward: 'r4', at: NOON + 2 },
      { reward: 'r5', at: NOON + 1 },
    ]);
    for (const size of [1, 2, 3]) {
      const read: Begun[] = [];
      for (let page = await ledger.unfinished(null, size); page.length > 0; ) {
        expect(page.length).toBeLessThanOrEqual(size);
        read.push(...page);
        expect(read.length).toBeLessThanOrEqual(all.length);
        page = await ledger.unfinished(page.at(-1) ?? null, size);
      }
      expect(read).toEqual(all);
    }
  });

  test('the newest credits of one participant, or of one reward', async () => {
    await credited('r1', {}, { at: NOON - 3 });
    await credited('r3', {}, { at: NOON - 1 });
    await credited('r2', {}, { at: NOON - 1 });
    await claim('unpaid');
    await credited('colleague', { user_id: 'user-2' });
    await credited('namesake', { account_id: 'acc-2' });
    await credited('live', {}, { of: live });
    const whose = { accountId: 'acc-1', userId: 'user-1' };
    expect(rewards(await ledger.creditsOf(whose, 10))).toEqual(['r2', 'r3', 'r1']);
    expect(rewards(await ledger.creditsOf(whose, 2))).toEqual(['r2', 'r3']);
    expect(await ledger.creditsOf({ reward: 'r1' }, 10)).toEqual([await rowOf('r1')]);
    expect(await ledger.creditsOf({ reward: 'unpaid' }, 10)).toEqual([]);
    expect(await ledger.creditsOf({ reward: 'live' }, 10)).toEqual([]);
  });

  test('when a customer was first credited, in one Stripe account', async () => {
    expect(await ledger.firstCreditTo('cus_1', 'acct_1')).toBeNull();
    await credited('r1', {}, { at: NOON + 2 });
    await credited('r2', {}, { at: NOON + 1 });
    await claim('unpaid');
    await credited('restricted', { stripe_account: null }, { at: NOON });
    await credited('other', { customer: 'cus_2' }, { at: NOON - 1 });
    await credited('live', {}, { of: live, at: NOON - 2 });
    expect(await ledger.firstCreditTo('cus_1', 'acct_1')).toBe(NOON + 1);
    expect(await ledger.firstCreditTo('cus_1', null)).toBe(NOON);
    expect(await ledger.firstCreditTo('cus_1', 'acct_2')).toBeNull();
  });

  test('what one participant was credited so far, each currency by itself', async () => {
    await credited('r1', { amount: 2000 });
    await credited('r2', { amount: 500 });
    await ledger.redeemed('r2', 0, BROWSER.id);
    await credited('r3', { amount: 700, currency: 'EUR' });
    await claim('unpaid', { amount: 9 });
    await credited('colleague', { user_id: 'user-2', amount: 10 });
    await credited('namesake', { account_id: 'acc-2', amount: 20 });
    await credited('live', { amount: 40 }, { of: live });
    expect(await ledger.creditedOf('acc-1', 'user-1')).toEqual([
      { currency: 'EUR', amount: 700 },
      { currency: 'USD', amount: 2500 },
    ]);
    expect(await ledger.creditedOf('acc-3', 'user-1')).toEqual([]);
  });
});
