/** What the proxy remembers of links, so that one made anywhere wakes the rewards that wait for it. */

import { sql, type Transaction } from 'kysely';
import * as v from 'valibot';
import { REASONS, type Reason } from '../contract/reasons.ts';
import { CustomerId, type ParticipantKey } from '../contract/routes.ts';
import { LINK_FIELD, type Mode } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import { type Actor, append, type NewEntry, subjectOf } from './audit.ts';
import { clockOf, type Database, serialise, type Tables } from './database.ts';

export type Links = ReturnType<typeof createLinks>;

/** Watched participants are asked about this often at most, and this many in one question. */
const CHECK_EVERY_MS = 20_000;
const CHECK_AT_ONCE = 100;
/** Nothing waits for the others, but a link that was changed may mean that the wrong customer was credited. */
const CHECK_OTHERS_EVERY_MS = 6 * 3_600_000;

/** The field as it stands, whatever it holds: any change of it is worth a second look at the rewards. */
export function rawLink({ customFields }: Pick<AdvocateParticipant, 'customFields'>): string | null {
  const value = customFields[LINK_FIELD];
  return value === undefined || value === null || value === '' ? null : String(value);
}

/** Who changed it here, and what it was; or that it was found changed. */
type LinkChange = { actor: Actor; previous: string | null } | 'elsewhere';

/** People write all kinds of things into a custom field, e-mail addresses for example: those are not repeated. */
const linkInHistory = (link: string | null) => ({
  customer: link === null || v.is(CustomerId, link) ? link : 'something else than a customer ID',
});

/** Null where another request recorded it already, or where it is not known what it was. */
function entryOf(
  mode: Mode,
  key: ParticipantKey,
  customer: string | null,
  change: LinkChange,
  known: { customer: string | null; checked_at: number } | undefined,
): NewEntry | null {
  const common = { mode, subject: subjectOf(key), after: linkInHistory(customer) };
  if (change !== 'elsewhere') {
    const action = customer === null ? 'unlinked' : 'linked';
    return { ...common, actor: change.actor, action, before: linkInHistory(change.previous) };
  }
  if (known === undefined || known.checked_at === 0 || known.customer === customer) return null;
  return { ...common, actor: null, action: 'link_changed_elsewhere', before: linkInHistory(known.customer) };
}

type Relinked = (tx: Transaction<Tables>, key: ParticipantKey, link: string | null) => Promise<void>;

/** @param relinked in the same step as the change: what was credited to another customer is looked at. */
export function createLinks(db: Database, mode: Mode, relinked: Relinked = async () => undefined) {
  const now = () => clockOf(db);
  const at = ({ accountId, userId }: ParticipantKey) => ({ mode, account_id: accountId, user_id: userId });

  async function record(
    key: ParticipantKey,
    customer: string | null,
    change: LinkChange | null,
  ): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const changed = change !== null;
      // Places are given in the order of the commits: one that came later with a lower place would never be read.
      if (changed) await serialise(tx, 'link changes');
      const known = changed ? await readLink(tx, key) : undefined;
      const seq = changed
        ? (
            await tx
              .insertInto('link_changes')
              .values({ at: now() })
              .returning('seq')
              .executeTakeFirstOrThrow()
          ).seq
        : 0;
      // What is remembered only changes with a change: another proxy may know better by now.
      const seen = { checked_at: now(), ...(changed && { customer, seq, watched: 0 }) };
      await tx
        .insertInto('links')
        .values({ ...at(key), seq, watched: 0, customer, checked_at: now() })
        .onConflict((c) => c.columns(['mode', 'account_id', 'user_id']).doUpdateSet(seen))
        .execute();
      if (changed) await relinked(tx, key, customer);
      const entry = change && entryOf(mode, key, customer, change, known);
      if (entry !== null) await append(tx, entry);
    });
  }

  const readLink = (on: Pick<Database, 'selectFrom'>, { accountId, userId }: ParticipantKey) =>
    on
      .selectFrom('links')
      .select(['customer', 'checked_at'])
      .where('mode', '=', mode)
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .executeTakeFirst();

  const longestUnasked = (watched: 0 | 1, everyMs: number, limit: number) =>
    db
      .selectFrom('links')
      .select(['account_id', 'user_id', 'customer'])
      .where('mode', '=', mode)
      .where('watched', '=', watched)
      .where('checked_at', '<', sql<number>`${now()} - ${sql.lit(everyMs)}`)
      .orderBy('checked_at')
      .limit(limit)
      .execute();

  const watch = (key: ParticipantKey) =>
    db
      .insertInto('links')
      .values({ ...at(key), customer: null, seq: 0, watched: 1, checked_at: 0 })
      .onConflict((c) => c.columns(['mode', 'account_id', 'user_id']).doUpdateSet({ watched: 1 }))
      .execute();

  return {
    /** A link was made, changed or removed here, and read back. */
    changed: (key: ParticipantKey, customer: string | null, change: Exclude<LinkChange, 'elsewhere'>) =>
      record(key, customer, change),

    /**
     * Rewards of this participant wait for the link, if the reason is one that a link mends. Where participants of
     * an account point at different customers, the mend may come at any of them.
     */
    async watchFor(
      owner: AdvocateParticipant,
      account: readonly AdvocateParticipant[],
      reason: Reason | null,
    ): Promise<void> {
      if (reason === null || REASONS[reason].action !== 'link') return;
      const watched = reason === 'account_customers_differ' ? [owner, ...account] : [owner];
      for (const { accountId, id } of watched) await watch({ accountId, userId: id });
    },

    /** What was seen of a participant on the way. */
    async seen(participant: AdvocateParticipant): Promise<void> {
      const key = { accountId: participant.accountId, userId: participant.id };
      const known = await readLink(db, key);
      const link = rawLink(participant);
      if (known === undefined) await record(key, link, null);
      else if (known.customer !== link) await record(key, link, 'elsewhere');
    },

    /** Asks Advocate about those that were not asked about for longest: the watched ones, then all others in turn. */
    async check(advocate: Advocate): Promise<void> {
      const due = await longestUnasked(1, CHECK_EVERY_MS, CHECK_AT_ONCE);
      due.push(...(await longestUnasked(0, CHECK_OTHERS_EVERY_MS, CHECK_AT_ONCE - due.length)));
      const keys = due.map(({ account_id, user_id }) => ({ accountId: account_id, userId: user_id }));
      const found = await advocate.participantsByKey(keys);
      const name = (accountId: string, userId: string) => JSON.stringify([accountId, userId]);
      const links = new Map(
        found.map((participant) => [name(participant.accountId, participant.id), rawLink(participant)]),
      );
      for (const { account_id, user_id, customer } of due) {
        const link = links.get(name(account_id, user_id));
        const changed = link !== undefined && link !== customer;
        const key = { accountId: account_id, userId: user_id };
        await record(key, changed ? link : customer, changed ? 'elsewhere' : null);
      }
    },

    async since(seq: number, limit: number): Promise<{ accountId: string; seq: number }[]> {
      const rows = await db
        .selectFrom('links')
        .select(['account_id', 'seq'])
        .where('mode', '=', mode)
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ account_id, seq: place }) => ({ accountId: account_id, seq: place }));
    },

    async lastSeq(): Promise<number> {
      const { last } = await db
        .selectFrom('links')
        .select(({ fn }) => fn.max('seq').as('last'))
        .where('mode', '=', mode)
        .executeTakeFirstOrThrow();
      return last ?? 0;
    },
  };
}
