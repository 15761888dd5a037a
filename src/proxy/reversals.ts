/** The verbs of the table of reversals. Each is one committed step; none talks to anybody. */
import type { Selectable, UpdateObject } from 'kysely';
import { sql } from 'kysely';
import type { Reason } from '../contract/reasons.ts';
import type { ReversalState } from '../contract/reversals.ts';
import type { Mode } from '../contract/words.ts';
import { type Actor, append } from './audit.ts';
import {
  clockOf,
  type Database,
  databaseNow,
  type ReversalTable,
  serialise,
  type Tables,
} from './database.ts';
import { countReversal } from './days.ts';
import { LOCK_MS, LockLostError } from './ledger.ts';
import type { StripeReversal } from './stripe-credits.ts';

export type ReversalRow = Selectable<ReversalTable>;
/** A reversal that is to be sent: what an admin confirmed is frozen in it. */
export type ConfirmedRow = ReversalRow & { amount: number; idempotency_key: string; parameters: string };
export type Reversals = ReturnType<typeof createReversals>;

/** Of a confirmed one: goes on by itself when the cause goes away. The others wait for a person. */
const TRIED_AGAIN: readonly Reason[] = [
  'not_connected',
  'account_changed',
  'permission_missing',
  'rate_limited',
  'stripe_unreachable',
  'outcome_unknown',
];
/** As it was before anybody confirmed it. */
const UNSENT = {
  amount: null,
  idempotency_key: null,
  parameters: null,
  first_sent_at: null,
  last_sent_at: null,
  outcome_unknown: 0,
  reason: null,
} as const;

export function createReversals(db: Database, mode: Mode, tenant: string) {
  /** Never the proxy's own clock: rows are locked and sent by several proxies. */
  const now = () => clockOf(db);
  const freeAt = () => sql<number>`${now()} + ${sql.lit(LOCK_MS)}`;
  const entry = (actor: Actor, { reward }: Pick<ReversalRow, 'reward'>) => ({ actor, mode, subject: reward });
  /** Part of every epoch's key, so that a database put back from a backup meets the same key again. */
  const keyOf = (reward: string, epoch: number) => `advocate-credits:${tenant}:${reward}:reversal:${epoch}`;

  const held = ({ reward, locked_by }: Pick<ReversalRow, 'reward' | 'locked_by'>, on = db) =>
    on
      .updateTable('reversals')
      .where('mode', '=', mode)
      .where('reward', '=', reward)
      .where('locked_by', '=', locked_by)
      .where('locked_until', '>=', now());

  /** Only while the row is still ours and still to be sent: a request that slept may have lost it to another one. */
  async function updateHeld(
    row: ReversalRow,
    values: UpdateObject<Tables, 'reversals'>,
  ): Promise<ConfirmedRow> {
    const updated = await held(row)
      .set({ ...values, locked_until: freeAt() })
      .where('state', '=', 'confirmed')
      .returningAll()
      .executeTakeFirst();
    if (updated === undefined) throw new LockLostError(row.reward);
    return asConfirmed(updated);
  }

  const find = (reward: string): Promise<ReversalRow | undefined> =>
    db
      .selectFrom('reversals')
      .selectAll()
      .where('mode', '=', mode)
      .where('reward', '=', reward)
      .executeTakeFirst();

  return {
    mode,
    find,
    /** The time by the clock that the rows' own times are written with. */
    now: () => databaseNow(db),

    async findMany(rewards: readonly string[]): Promise<Map<string, ReversalRow>> {
      if (rewards.length === 0) return new Map();
      const rows = await db
        .selectFrom('reversals')
        .selectAll()
        .where('mode', '=', mode)
        .where('reward', 'in', rewards)
        .execute();
      return new Map(rows.map((row) => [row.reward, row]));
    },

    /** In order of reward id. */
    async page(after: string | null, state: ReversalState | null, limit: number): Promise<ReversalRow[]> {
      let query = db.selectFrom('reversals').selectAll().where('mode', '=', mode);
      if (after !== null) query = query.where('reward', '>', after);
      if (state !== null) query = query.where('state', '=', state);
      return query.orderBy('reward').limit(limit).execute();
    },

    /**
     * What is tried again by itself: on its way to Stripe, or done and not yet written beside the credit. In order of
     * reward id.
     */
    async due(after: string, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('reversals')
        .select('reward')
        .where('mode', '=', mode)
        .where(({ and, or, eb }) =>
          or([
            and([
              eb('state', '=', 'confirmed'),
              or([eb('reason', 'is', null), eb('reason', 'in', TRIED_AGAIN)]),
            ]),
            and([eb('state', '=', 'reversed'), eb('marked_at', 'is', null)]),
          ]),
        )
        .where('reward', '>', after)
        .orderBy('reward')
        .limit(limit)
        .execute();
      return rows.map(({ reward }) => reward);
    },

    /**
     * Takes the row for one request; undefined while another one, still alive, works on it, or on another credit of
     * this customer: both would count on the same rest of what is unspent.
     */
    lock: (reward: string, by: string, customer: string): Promise<ReversalRow | undefined> =>
      db.transaction().execute(async (tx) => {
        await serialise(tx, `reversals ${mode} ${customer}`);
        const beside = await tx
          .selectFrom('reversals')
          .innerJoin('ledger', (join) =>
            join.onRef('ledger.mode', '=', 'reversals.mode').onRef('ledger.reward', '=', 'reversals.reward'),
          )
          .select('reversals.reward')
          .where('reversals.mode', '=', mode)
          .where('ledger.customer', '=', customer)
          .where('reversals.reward', '!=', reward)
          .where('reversals.locked_until', '>=', now())
          .limit(1)
          .executeTakeFirst();
        if (beside !== undefined) return undefined;
        return tx
          .updateTable('reversals')
          .set({ locked_by: by, locked_until: freeAt() })
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .where(({ eb, or }) => or([eb('locked_by', 'is', null), eb('locked_until', '<', now())]))
          .returningAll()
          .executeTakeFirst();
      }),

    async unlock(reward: string, by: string): Promise<void> {
      await db
        .updateTable('reversals')
        .set({ locked_by: null, locked_until: null })
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .where('locked_by', '=', by)
        .execute();
    },

    /** An admin's word, committed before anything is sent: the amount, with the key and the parameters beside it. */
    confirm: (
      row: ReversalRow,
      amount: number,
      parameters: { currency: string },
      actor: Exclude<Actor, null>,
    ): Promise<ConfirmedRow> =>
      db.transaction().execute(async (tx) => {
        const confirmed = await held(row, tx)
          .set({
            ...UNSENT,
            state: 'confirmed',
            amount,
            idempotency_key: keyOf(row.reward, row.key_epoch),
            parameters: JSON.stringify(parameters),
            decided_at: now(),
            decided_by: actor.id,
            locked_until: freeAt(),
          })
          .where('state', '=', 'proposed')
          .returningAll()
          .executeTakeFirst();
        if (confirmed === undefined) throw new LockLostError(row.reward);
        const { cause, linked_to } = row;
        const { currency } = parameters;
        await append(tx, {
          ...entry(actor, row),
          action: 'reversal_confirmed',
          before: { state: 'proposed' },
          after: { state: 'confirmed', cause, linkedTo: linked_to, amount, currency },
        });
        return asConfirmed(confirmed);
      }),

    /**
     * An admin lets the customer keep it. Also one that was confirmed, while it is certain that Stripe made nothing of it.
     * @returns undefined where it is too late for that.
     */
    dismiss: (row: ReversalRow, actor: Exclude<Actor, null>): Promise<ReversalRow | undefined> =>
      db.transaction().execute(async (tx) => {
        const dismissed = await held(row, tx)
          .set({
            ...UNSENT,
            state: 'dismissed',
            key_epoch: row.key_epoch + (row.state === 'confirmed' ? 1 : 0),
            decided_at: now(),
            decided_by: actor.id,
          })
          .where('state', '=', row.state)
          .where('state', 'in', ['proposed', 'confirmed'])
          .where('outcome_unknown', '=', 0)
          .returningAll()
          .executeTakeFirst();
        if (dismissed === undefined) return undefined;
        const { cause, linked_to, state } = row;
        await append(tx, {
          ...entry(actor, row),
          action: 'reversal_dismissed',
          before: { state, cause, linkedTo: linked_to },
          after: { state: 'dismissed' },
        });
        return dismissed;
      }),

    /** Committed before every send: from here on Stripe may have made the transaction. */
    markSent: (row: ConfirmedRow) =>
      updateHeld(row, {
        first_sent_at: row.first_sent_at ?? now(),
        last_sent_at: now(),
        outcome_unknown: 1,
        reason: 'outcome_unknown',
      }),

    /** Turned away before anything was executed: the row is as it was before. */
    markNotSent: (before: ConfirmedRow) => {
      const { first_sent_at, last_sent_at, outcome_unknown } = before;
      return updateHeld(before, { first_sent_at, last_sent_at, outcome_unknown });
    },

    /** Why it is not through. `outcomeUnknown` false: Stripe said no, definitely. */
    hold: (row: ConfirmedRow, reason: Reason, outcomeUnknown = row.outcome_unknown === 1) =>
      updateHeld(row, { reason, outcome_unknown: outcomeUnknown ? 1 : 0 }),

    /** A new key for the same parameters, only after it is certain that the old one made nothing. */
    renew: (row: ConfirmedRow) =>
      updateHeld(row, {
        key_epoch: row.key_epoch + 1,
        idempotency_key: keyOf(row.reward, row.key_epoch + 1),
        first_sent_at: null,
        last_sent_at: null,
        outcome_unknown: 0,
      }),

    /** Not so much is left any more, and it is certain that nothing was taken: somebody has to confirm what is. */
    reopen: (row: ConfirmedRow): Promise<ReversalRow> =>
      db.transaction().execute(async (tx) => {
        const reopened = await held(row, tx)
          .set({
            ...UNSENT,
            state: 'proposed',
            key_epoch: row.key_epoch + 1,
            decided_at: null,
            decided_by: null,
          })
          .where('state', '=', 'confirmed')
          .returningAll()
          .executeTakeFirst();
        if (reopened === undefined) throw new LockLostError(row.reward);
        const { cause, linked_to, amount } = row;
        const { currency }: { currency: string } = JSON.parse(row.parameters);
        await append(tx, {
          ...entry(null, row),
          action: 'reversal_proposed',
          before: { state: 'confirmed', amount, currency },
          after: { state: 'proposed', cause, linkedTo: linked_to },
        });
        return reopened;
      }),

    /** Recorded even when the lock was lost meanwhile: it is a fact. A second, different one is an alarm. */
    reversed: ({ reward, decided_by }: ReversalRow, made: StripeReversal): Promise<ReversalRow> =>
      db.transaction().execute(async (tx) => {
        const debit = made.after < 0 ? -made.after : null;
        const reversed = await tx
          .updateTable('reversals')
          .set({
            state: 'reversed',
            amount: made.amount,
            transaction_id: made.id,
            request_id: made.requestId,
            reversed_at: made.createdAt,
            debit,
            outcome_unknown: 0,
            reason: null,
          })
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .where('state', '!=', 'reversed')
          .returningAll()
          .executeTakeFirst();
        if (reversed !== undefined) {
          const { amount, currency, customer } = made;
          await countReversal(tx, mode, made);
          await append(tx, {
            ...entry(null, reversed),
            action: 'reversed',
            before: { state: 'confirmed' },
            after: {
              state: 'reversed',
              confirmedBy: decided_by,
              transaction: made.id,
              customer,
              amount,
              currency,
              debit,
            },
          });
          return reversed;
        }
        const standing = await tx
          .selectFrom('reversals')
          .selectAll()
          .where('mode', '=', mode)
          .where('reward', '=', reward)
          .executeTakeFirstOrThrow();
        if (standing.transaction_id === made.id) return standing;
        throw new Error(`Reward ${reward} was taken back twice: ${standing.transaction_id} and ${made.id}.`);
      }),

    async marked(reward: string): Promise<void> {
      await db
        .updateTable('reversals')
        .set({ marked_at: now() })
        .where('mode', '=', mode)
        .where('reward', '=', reward)
        .where('state', '=', 'reversed')
        .execute();
    },
  };
}

/** Frozen together when it is confirmed. */
export function asConfirmed(row: ReversalRow): ConfirmedRow {
  const { amount, idempotency_key, parameters } = row;
  if (amount === null || idempotency_key === null || parameters === null)
    throw new Error(`The reversal of ${row.reward} is confirmed without what it is to send.`);
  return { ...row, amount, idempotency_key, parameters };
}
