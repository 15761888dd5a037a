/** What the proxy remembers of links, so that one made anywhere wakes the rewards that wait for it. */
import { REASONS, type Reason } from '../contract/reasons.ts';
import type { ParticipantKey } from '../contract/routes.ts';
import { LINK_FIELD, type Mode } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import type { Database } from './database.ts';

export type Links = ReturnType<typeof createLinks>;

/** Watched participants are asked about this often at most, and this many in one question. */
const CHECK_EVERY_MS = 20_000;
const CHECK_AT_ONCE = 100;

/** The field as it stands, whatever it holds: any change of it is worth a second look at the rewards. */
const rawLink = ({ customFields }: AdvocateParticipant) => {
  const value = customFields[LINK_FIELD];
  return value === undefined || value === null ? null : String(value);
};

export function createLinks(db: Database, mode: Mode, now: () => number) {
  const at = ({ accountId, userId }: ParticipantKey) => ({ mode, account_id: accountId, user_id: userId });

  async function record(key: ParticipantKey, customer: string | null, changed: boolean): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const seq = changed
        ? (
            await tx
              .insertInto('link_changes')
              .values({ at: now() })
              .returning('seq')
              .executeTakeFirstOrThrow()
          ).seq
        : 0;
      const seen = { customer, checked_at: now(), ...(changed && { seq, watched: 0 }) };
      await tx
        .insertInto('links')
        .values({ ...at(key), seq, watched: 0, customer, checked_at: now() })
        .onConflict((c) => c.columns(['mode', 'account_id', 'user_id']).doUpdateSet(seen))
        .execute();
    });
  }

  const watch = (key: ParticipantKey) =>
    db
      .insertInto('links')
      .values({ ...at(key), customer: null, seq: 0, watched: 1, checked_at: 0 })
      .onConflict((c) => c.columns(['mode', 'account_id', 'user_id']).doUpdateSet({ watched: 1 }))
      .execute();

  return {
    /** A link was made, changed or removed. */
    changed: (key: ParticipantKey, customer: string | null) => record(key, customer, true),

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
      const known = await db
        .selectFrom('links')
        .select('customer')
        .where('mode', '=', mode)
        .where('account_id', '=', key.accountId)
        .where('user_id', '=', key.userId)
        .executeTakeFirst();
      const link = rawLink(participant);
      if (known === undefined) await record(key, link, false);
      else if (known.customer !== link) await record(key, link, true);
    },

    /** Asks Advocate about the watched participants that were not asked about for longest. */
    async check(advocate: Advocate): Promise<void> {
      const due = await db
        .selectFrom('links')
        .select(['account_id', 'user_id', 'customer'])
        .where('mode', '=', mode)
        .where('watched', '=', 1)
        .where('checked_at', '<', now() - CHECK_EVERY_MS)
        .orderBy('checked_at')
        .limit(CHECK_AT_ONCE)
        .execute();
      const keys = due.map(({ account_id, user_id }) => ({ accountId: account_id, userId: user_id }));
      const found = await advocate.participantsByKey(keys);
      const name = (accountId: string, userId: string) => JSON.stringify([accountId, userId]);
      const links = new Map(
        found.map((participant) => [name(participant.accountId, participant.id), rawLink(participant)]),
      );
      for (const { account_id, user_id, customer } of due) {
        const link = links.get(name(account_id, user_id));
        const changed = link !== undefined && link !== customer;
        await record({ accountId: account_id, userId: user_id }, changed ? link : customer, changed);
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
