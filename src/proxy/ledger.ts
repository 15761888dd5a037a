/** The ledger's verbs. Each is one committed step; none talks to anybody. */
import type { Insertable, Selectable, UpdateObject } from 'kysely';
import { sql } from 'kysely';
import type { Money } from '../contract/money.ts';
import type { ByHand } from '../contract/reasons.ts';
import type { Mode } from '../contract/words.ts';
import type { Agreement } from './agreements.ts';
import { actorOf, append } from './audit.ts';
import { clockOf, type Database, databaseNow, type LedgerTable, serialise, type Tables } from './database.ts';
import { countCredit } from './days.ts';
import { heldByHand, takeTurn } from './holds.ts';

export type LedgerRow = Selectable<LedgerTable>;
type Values = UpdateObject<Tables, 'ledger'>;
export type Claim = Pick<
  Insertable<LedgerTable>,
  | 'account_id'
  | 'user_id'
  | 'unit'
  | 'stripe_account'
  | 'customer'
  | 'amount'
  | 'currency'
  | 'redeem_amount'
  | 'redeemed_before'
  | 'parameters'
  | 'earned_at'
>;

/** A request that holds a row keeps it for this long; a dead one's rows come back after it. */
export const LOCK_MS = 120_000;
const DAY_MS = 86_400_000;
/** Rolls a claim back. */
const OVER_CAP = new Error('over the cap');

/** The row belongs to another request by now: whatever this one still wanted to do, it must not. */
export class LockLostError extends Error {
  override name = 'LockLostError';
}

/** A row that is not at its end, and when it was claimed. */
export type Begun = Pick<LedgerRow, 'reward'> & { at: number };
export type Ledger = ReturnType<typeof createLedger>;

/** @param tenant part of every idempotency key, so that two tenants on one Stripe account cannot meet. */
export function createLedger(db: Database, mode: Mode, tenant: string) {
  const keyOf = (reward: string, epoch: number) => `advocate-credits:${tenant}:${reward}:${epoch}`;
  const row = (reward: string) => ({ mode, reward });
  /** Never the proxy's own clock: rows are locked, sent and counted by several proxies. */
  const now = () => clockOf(db);
  const lockEnd = () => sql<number>`${now()} + ${sql.lit(LOCK_MS)}`;

  const update = async (reward: string, values: Values): Promise<LedgerRow> =>
    db
      .updateTable('ledger')
      .set(values)
      .where('mode', '=', mode)
      .where('reward', '=', reward)
      .returningAll()
      .executeTakeFirstOrThrow();

  /** Only while the row is still ours: a request that was slow or suspended may have lost it to another one. */
  const updateHeld = async (
    { reward, locked_by }: Pick<LedgerRow, 'reward' | 'locked_by'>,
    values: Values,
    on: Pick<Database, 'updateTable'> = db,
  ): Promise<LedgerRow> => {
    const held = await on
      .updateTable('ledger')
      .set({ ...values, locked_until: lockEnd() })
      .where('mode', '=', mode)
      .where('reward', '=', reward)
      .where('locked_by', '=', locked_by)
      .where('locked_until', '>=', now())
      .where('point', '=', 'claimed')
      .returningAll()
      .executeTakeFirst();
    if (held === undefined) throw new LockLostError(reward);
    return held;
  };

  /** Minor units claimed since midnight UTC of that day in one currency, credited or not yet. */
  async function claimedOn(
    on: Pick<Database, 'selectFrom'>,
    at: ReturnType<typeof now>,
    currency: string,
    without = '',
  ): Promise<number> {
    const { sum } = await on
      .selectFrom('ledger')
      .select(({ fn }) => fn.coalesce(fn.sum<number>('amount'), sql<number>`0`).as('sum'))
      .where('mode', '=', mode)
      .where('currency', '=', currency)
      .where('claimed_at', '>=', sql<number>`(${at} / ${sql.lit(DAY_MS)}) * ${sql.lit(DAY_MS)}`)
      .where('reward', '!=', without)
      .executeTakeFirstOrThrow();
    return Number(sum);
  }

  return {
    /** The time by the clock that the ledger's own times are written with. */
    now: () => databaseNow(db),

    /** What others claimed today. */
    claimedTodayBeside: (reward: string, currency: string) => claimedOn(db, now(), currency, reward),

    async find(reward: string): Promise<LedgerRow | undefined> {
      return db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .executeTakeFirst();
    },

    async findMany(rewards: readonly string[]): Promise<Map<string, LedgerRow>> {
      if (rewards.length === 0) return new Map();
      const rows = await db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', 'in', rewards)
        .execute();
      return new Map(rows.map((found) => [found.reward, found]));
    },

    /**
     * The intent, committed before anything is sent: the reward's one row, with the key and the parameters frozen
     * under it. A row that exists is left as it is. Refuses what an admin holds back, and what would go over the day's
     * cap, in the same step.
     */
    async claim(
      reward: string,
      claim: Claim,
      by: string,
      dayCap: number | null,
    ): Promise<'claimed' | 'exists' | 'over_cap' | ByHand> {
      return db
        .transaction()
        .execute(async (tx) => {
          await takeTurn(tx, mode, reward);
          const held = await heldByHand(tx, mode, reward);
          if (held !== null) return held;
          // Two claims at once would not see each other, and pass the cap together.
          if (dayCap !== null) await serialise(tx, `claim ${mode} ${claim.currency}`);
          const made = await tx
            .insertInto('ledger')
            .values({
              ...row(reward),
              ...claim,
              point: 'claimed',
              key_epoch: 0,
              idempotency_key: keyOf(reward, 0),
              claimed_by: by,
              claimed_at: now(),
              outcome_unknown: 0,
              redeemed_by_hand: 0,
            })
            .onConflict((c) => c.columns(['mode', 'reward']).doNothing())
            .returning('claimed_at')
            .executeTakeFirst();
          if (made === undefined) return 'exists' as const;
          if (dayCap === null) return 'claimed' as const;
          if ((await claimedOn(tx, sql.lit(made.claimed_at), claim.currency)) > dayCap) throw OVER_CAP;
          return 'claimed' as const;
        })
        .catch((error: unknown) => {
          if (error === OVER_CAP) return 'over_cap' as const;
          throw error;
        });
    },

    /** Takes the row for one request; undefined while another one, still alive, works on it. */
    async lock(reward: string, by: string): Promise<LedgerRow | undefined> {
      return db
        .updateTable('ledger')
        .set({ locked_by: by, locked_until: lockEnd() })
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .where(({ eb, or }) =>
          or([eb('locked_by', 'is', null), eb('locked_by', '=', by), eb('locked_until', '<', now())]),
        )
        .returningAll()
        .executeTakeFirst();
    },

    async unlock(reward: string, by: string): Promise<void> {
      await db
        .updateTable('ledger')
        .set({ locked_by: null, locked_until: null })
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .where('locked_by', '=', by)
        .execute();
    },

    /**
     * Committed before every send: from here on Stripe may hold the credit.
     * @param agreed what a person agreed to, without which it would not be sent.
     */
    markSent: ({ reward, locked_by, first_sent_at }: LedgerRow, by: string, agreed: readonly Agreement[]) =>
      db.transaction().execute(async (tx) => {
        const marked = await updateHeld(
          { reward, locked_by },
          { first_sent_at: first_sent_at ?? now(), last_sent_at: now(), outcome_unknown: 1 },
          tx,
        );
        const { customer, amount, currency } = marked;
        const after = { customer, money: { amount, currency } };
        for (const action of agreed)
          await append(tx, { actor: await actorOf(tx, by), mode, action, subject: reward, after });
        return marked;
      }),

    /** The send was turned away before anything was executed: the row is as it was before. */
    markNotSent: ({ reward, locked_by, first_sent_at, last_sent_at, outcome_unknown }: LedgerRow) =>
      updateHeld({ reward, locked_by }, { first_sent_at, last_sent_at, outcome_unknown }),

    /** Stripe said no, definitely. A refusal that Stripe saved comes back for this key until it changes. */
    markRefused: (current: LedgerRow, refusal: string | null) =>
      updateHeld(current, { outcome_unknown: 0, refusal }),

    /**
     * A new key and new parameters, only after it is certain that the old key made no credit: it was never sent,
     * was definitely refused, or a look found nothing once it could no longer be under way.
     */
    renew: (current: LedgerRow, claim: Claim) =>
      updateHeld(current, {
        ...claim,
        claimed_at: now(),
        key_epoch: current.key_epoch + 1,
        idempotency_key: keyOf(current.reward, current.key_epoch + 1),
        first_sent_at: null,
        last_sent_at: null,
        outcome_unknown: 0,
        refusal: null,
      }),

    /**
     * A claim that was never sent is claimed anew before it is: as it is wanted now, and for today's cap, in the same
     * step. Undefined where the cap has no room for it any more; nothing is changed then.
     */
    async reclaim(current: LedgerRow, claim: Claim, dayCap: number | null): Promise<LedgerRow | undefined> {
      // What was turned away has travelled under its key all the same, to this customer of this account.
      const same =
        current.customer === claim.customer &&
        current.stripe_account === claim.stripe_account &&
        current.parameters === claim.parameters;
      const epoch = same ? current.key_epoch : current.key_epoch + 1;
      const values = { ...claim, key_epoch: epoch, idempotency_key: keyOf(current.reward, epoch) };
      return db
        .transaction()
        .execute(async (tx) => {
          if (dayCap !== null) await serialise(tx, `claim ${mode} ${claim.currency}`);
          const held = await updateHeld(current, { ...values, claimed_at: now() }, tx);
          if (dayCap === null) return held;
          const sum = await claimedOn(tx, sql.lit(held.claimed_at), claim.currency);
          if (sum > dayCap) throw OVER_CAP;
          return held;
        })
        .catch((error: unknown) => {
          if (error === OVER_CAP) return undefined;
          throw error;
        });
    },

    /** Recorded even when the lock was lost meanwhile: the credit is a fact. A second, different one is an alarm. */
    async credited(
      reward: string,
      credit: { id: string; requestId: string | null; before: number; after: number; at: number },
      by: string,
    ): Promise<LedgerRow> {
      const credited = await db.transaction().execute(async (tx) => {
        const row = await tx
          .updateTable('ledger')
          .set({
            point: 'credited',
            credit: credit.id,
            request_id: credit.requestId,
            credit_before: credit.before,
            credit_after: credit.after,
            credited_at: credit.at,
            outcome_unknown: 0,
            refusal: null,
          })
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .where('point', '=', 'claimed')
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const { amount, currency, customer } = row;
        await countCredit(tx, row, credit.at);
        await append(tx, {
          actor: await actorOf(tx, by),
          mode,
          action: 'credited',
          subject: reward,
          before: { balance: { amount: credit.before, currency } },
          after: {
            balance: { amount: credit.after, currency },
            money: { amount, currency },
            customer,
            credit: credit.id,
          },
        });
        return row;
      });
      if (credited !== undefined) return credited;
      const standing = await db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .executeTakeFirstOrThrow();
      if (standing.credit === credit.id) return standing;
      throw new Error(`Reward ${reward} has two credits: ${standing.credit} and ${credit.id}.`);
    },

    markRedeemSent: ({ reward, redeem_sent_at }: LedgerRow) =>
      update(reward, { redeem_sent_at: redeem_sent_at ?? now() }),
    /** The request was turned away before anything was executed: the row is as it was before. */
    markRedeemNotSent: ({ reward, redeem_sent_at }: LedgerRow) => update(reward, { redeem_sent_at }),
    redeemed: (reward: string, byHand: number, by: string) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .updateTable('ledger')
          .set({ point: 'redeemed', redeemed_at: now(), redeemed_by_hand: byHand })
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .where('point', '=', 'credited')
          .returningAll()
          .executeTakeFirst();
        // Another request was quicker: what it wrote stands.
        if (row === undefined)
          return tx
            .selectFrom('ledger')
            .selectAll()
            .where('mode', '=', mode)
            .where('reward', '=', reward)
            .executeTakeFirstOrThrow();
        const { redeem_amount, unit } = row;
        const after = { redeemed: redeem_amount, unit, ...(byHand > 0 && { byHand }) };
        await append(tx, { actor: await actorOf(tx, by), mode, action: 'redeemed', subject: reward, after });
        return row;
      }),
    noted: (reward: string) => update(reward, { point: 'noted', noted_at: now() }),

    /** Redeemed, but the note did not get through. */
    unnoted: (limit: number): Promise<LedgerRow[]> =>
      db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('point', '=', 'redeemed')
        .where('redeemed_at', '<', sql<number>`${now()} - 10000`)
        .orderBy('redeemed_at')
        .limit(limit)
        .execute(),

    /** Claimed or credited and not at their end, the latest first, in pages. */
    async unfinished(before: Begun | null, limit: number): Promise<Begun[]> {
      let query = db
        .selectFrom('ledger')
        .select(['reward', 'claimed_at as at'])
        .where('mode', '=', mode)
        // In these words: only then does SQLite see that there is an index of just those.
        .where(sql<boolean>`point in ('claimed', 'credited')`);
      if (before !== null)
        query = query
          .where('claimed_at', '<=', before.at)
          .where(({ eb, or }) => or([eb('claimed_at', '<', before.at), eb('reward', '>', before.reward)]));
      return query.orderBy('claimed_at', 'desc').orderBy('reward').limit(limit).execute();
    },

    /** The newest credits, of one participant or of one reward. */
    async creditsOf(
      whose: { accountId: string; userId: string } | { reward: string },
      limit: number,
    ): Promise<LedgerRow[]> {
      let query = db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('point', '!=', 'claimed');
      if ('reward' in whose) query = query.where('reward', '=', whose.reward);
      else query = query.where('account_id', '=', whose.accountId).where('user_id', '=', whose.userId);
      return query.orderBy('credited_at', 'desc').orderBy('reward').limit(limit).execute();
    },

    /** When this customer was first credited from here: where their credit went is read from then on. */
    async firstCreditTo(customer: string, stripeAccount: string | null): Promise<number | null> {
      const { first } = await db
        .selectFrom('ledger')
        .select(({ fn }) => fn.min('credited_at').as('first'))
        .where('mode', '=', mode)
        .where('customer', '=', customer)
        .where('stripe_account', stripeAccount === null ? 'is' : '=', stripeAccount)
        .executeTakeFirstOrThrow();
      return first;
    },

    /** Credited for one participant so far, per currency. */
    async creditedOf(accountId: string, userId: string): Promise<Money[]> {
      // Not the column as it is: rather than sort these few rows, SQLite would walk the whole ledger in its order.
      const currency = sql<string>`currency || ''`;
      const rows = await db
        .selectFrom('ledger')
        .select(({ fn }) => [currency.as('currency'), fn.sum<number>('amount').as('amount')])
        .where('mode', '=', mode)
        .where('account_id', '=', accountId)
        .where('user_id', '=', userId)
        .where('point', '!=', 'claimed')
        .groupBy(currency)
        .orderBy(currency)
        .execute();
      return rows.map(({ currency, amount }) => ({ currency, amount: Number(amount) }));
    },
  };
}
