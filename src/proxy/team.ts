/** Who is paired, and taking a browser's token away. */

import { ProblemError } from '../contract/problems.ts';
import type { Team, TeamMember } from '../contract/team.ts';
import { append } from './audit.ts';
import { clockOf, type Database, serialise } from './database.ts';
import type { Browser } from './pairing.ts';

export async function readTeam(db: Database, me: Browser): Promise<Team> {
  const [browsers, leases, waiting] = await Promise.all([
    db
      .selectFrom('browsers')
      .select(['id', 'name', 'role', 'paired_at', 'last_seen_at'])
      .where('revoked_at', 'is', null)
      .orderBy('paired_at')
      .orderBy('id')
      .execute(),
    db.selectFrom('leases').select(['mode', 'browser']).where('until', '>', clockOf(db)).execute(),
    db
      .selectFrom('codes')
      .select(['role', 'expires_at as until'])
      .where('used_at', 'is', null)
      .where('expires_at', '>', clockOf(db))
      .orderBy('expires_at')
      .execute(),
  ]);
  return {
    members: browsers.map(
      ({ id, name, role, paired_at, last_seen_at }): TeamMember => ({
        id,
        name,
        role,
        pairedAt: paired_at,
        lastSeenAt: last_seen_at,
        drains: leases.filter(({ browser }) => browser === id).map(({ mode }) => mode),
        me: id === me.id,
      }),
    ),
    waiting,
  };
}

/**
 * Takes a token away, one's own too, but never the last admin's: only the proxy's command line could mend that, as it does
 * where the last admin gave up their own (`DELETE /session`).
 */
export async function removeMember(
  db: Database,
  id: string,
  actor: Browser,
  now: () => number,
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // Two admins who remove each other at once would not see it.
    await serialise(tx, 'team');
    const admins = await tx
      .selectFrom('browsers')
      .select('id')
      .where('role', '=', 'admin')
      .where('revoked_at', 'is', null)
      .execute();
    // Whoever asks may have been removed in between.
    if (!admins.some((admin) => admin.id === actor.id)) throw new ProblemError('unauthorized');
    if (admins.every((admin) => admin.id === id))
      throw new ProblemError('last_admin', {
        detail: 'Without it nobody could set up, pay or invite.',
        action: 'Pair another browser with the admin role first. Nothing was changed.',
      });
    const removed = await tx
      .updateTable('browsers')
      .set({ revoked_at: now() })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning(['role'])
      .executeTakeFirst();
    if (removed === undefined) throw new ProblemError('not_found', { detail: 'This browser is not paired.' });
    // One that its admin made and kept would bring them back. Nobody knows whose a code is, so all of them end.
    if (removed.role === 'admin')
      await tx.updateTable('codes').set({ expires_at: 0 }).where('used_at', 'is', null).execute();
    // What it drained, others drain at once.
    await tx.updateTable('leases').set({ until: 0 }).where('browser', '=', id).execute();
    await append(tx, {
      actor: { id: actor.id, name: actor.name },
      mode: null,
      action: 'unpaired',
      subject: id,
      before: removed,
    });
  });
}
