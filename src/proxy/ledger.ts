/** The ledger's verbs. Each is one committed step; none talks to anybody. */
import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Money } from '../contract/money.ts';
import type { Mode } from '../contract/words.ts';
import type { Database, LedgerTable } from './database.ts';

export type LedgerRow = Selectable<LedgerTable>;
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
>;

/** A request that holds a row keeps it for this long; a dead one's rows come back after it. */
export const LOCK_MS = 120_000;
const DAY_MS = 86_400_000;

export type Ledger = ReturnType<typeof createLedger>;

/** @param tenant part of every idempotency key, so that two tenants on one Stripe account cannot meet. */
export function createLedger(db: Database, mode: Mode, tenant: string, now: () => number) {
  const keyOf = (reward: string, epoch: number) => `advocate-credits:${tenant}:${reward}:${epoch}`;
  const row = (reward: string) => ({ mode, reward });

  const update = async (reward: string, values: Partial<LedgerRow>): Promise<LedgerRow> =>
    db
      .updateTable('ledger')
      .set(values)
      .where('mode', '=', mode)
      .where('reward', '=', reward)
      .returningAll()
      .executeTakeFirstOrThrow();

  return {
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
     * under it. A row that exists is left as it is. Refuses what would go over the day's cap, in the same step.
     */
    async claim(
      reward: string,
      claim: Claim,
      by: string,
      dayCap: number | null,
    ): Promise<'claimed' | 'exists' | 'over_cap'> {
      return db.transaction().execute(async (tx) => {
        const existing = await tx
          .selectFrom('ledger')
          .select('reward')
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .executeTakeFirst();
        if (existing) return 'exists';
        if (dayCap !== null) {
          const start = Math.floor(now() / DAY_MS) * DAY_MS;
          const { sum } = await tx
            .selectFrom('ledger')
            .select(({ fn }) => fn.coalesce(fn.sum<number>('amount'), sql<number>`0`).as('sum'))
            .where('mode', '=', mode)
            .where('currency', '=', claim.currency)
            .where('claimed_at', '>=', start)
            .executeTakeFirstOrThrow();
          if (Number(sum) + claim.amount > dayCap) return 'over_cap';
        }
        await tx
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
          .execute();
        return 'claimed';
      });
    },

    /** Takes the row for one request; undefined while another one, still alive, works on it. */
    async lock(reward: string, by: string): Promise<LedgerRow | undefined> {
      return db
        .updateTable('ledger')
        .set({ locked_by: by, locked_until: now() + LOCK_MS })
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

    /** Committed before every send: from here on Stripe may hold the credit. */
    markSent: ({ reward, first_sent_at }: LedgerRow) =>
      update(reward, { first_sent_at: first_sent_at ?? now(), last_sent_at: now(), outcome_unknown: 1 }),

    /** The send was turned away before anything was executed: the row is as it was before. */
    markNotSent: ({ reward, first_sent_at, last_sent_at, outcome_unknown }: LedgerRow) =>
      update(reward, { first_sent_at, last_sent_at, outcome_unknown }),

    /** Stripe said no, definitely. `saved` refusals come back for this key until it changes. */
    markRefused: (reward: string, refusal: string | null) => update(reward, { outcome_unknown: 0, refusal }),

    /**
     * A new key and new parameters, only after it is certain that the old key made no credit: it was never sent,
     * was definitely refused, or a look found nothing once it could no longer be under way.
     */
    renew: (current: LedgerRow, claim: Claim) =>
      update(current.reward, {
        ...claim,
        key_epoch: current.key_epoch + 1,
        idempotency_key: keyOf(current.reward, current.key_epoch + 1),
        first_sent_at: null,
        last_sent_at: null,
        outcome_unknown: 0,
        refusal: null,
      }),

    credited: (
      reward: string,
      credit: { id: string; requestId: string | null; before: number; after: number; at: number },
    ) =>
      update(reward, {
        point: 'credited',
        credit: credit.id,
        request_id: credit.requestId,
        credit_before: credit.before,
        credit_after: credit.after,
        credited_at: credit.at,
        outcome_unknown: 0,
        refusal: null,
      }),

    markRedeemSent: (reward: string) => update(reward, { redeem_sent_at: now() }),
    redeemed: (reward: string, byHand: number) =>
      update(reward, { point: 'redeemed', redeemed_at: now(), redeemed_by_hand: byHand }),
    noted: (reward: string) => update(reward, { point: 'noted', noted_at: now() }),

    /** Redeemed, but the note did not get through. */
    unnoted: (limit: number): Promise<LedgerRow[]> =>
      db
        .selectFrom('ledger')
        .selectAll()
        .where('mode', '=', mode)
        .where('point', '=', 'redeemed')
        .where('redeemed_at', '<', now() - 10_000)
        .orderBy('redeemed_at')
        .limit(limit)
        .execute(),

    async page(after: string | null, limit: number): Promise<LedgerRow[]> {
      let query = db.selectFrom('ledger').selectAll().where('mode', '=', mode).orderBy('reward').limit(limit);
      if (after !== null) query = query.where('reward', '>', after);
      return query.execute();
    },

    /** Credited for one participant so far, per currency. */
    async creditedOf(accountId: string, userId: string): Promise<Money[]> {
      const rows = await db
        .selectFrom('ledger')
        .select(({ fn }) => ['currency', fn.sum<number>('amount').as('amount')])
        .where('mode', '=', mode)
        .where('account_id', '=', accountId)
        .where('user_id', '=', userId)
        .where('point', '!=', 'claimed')
        .groupBy('currency')
        .orderBy('currency')
        .execute();
      return rows.map(({ currency, amount }) => ({ currency, amount: Number(amount) }));
    },
  };
}
