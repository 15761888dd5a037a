/**
 * The work of a browser's worker on the proxy's own machine, for a company that wants it always on. It asks the proxy's
 * routes as a browser does, only without a network in between: same lease, same guards, same claim, act and settle
 * (background/drain.ts).
 */
import { hostname } from 'node:os';
import { type Drained, drain, type Locks } from '../background/drain.ts';
import { proxyClient } from '../background/proxy-client.ts';
import type { Session } from '../contract/routes.ts';
import { type Mode, SERVER } from '../contract/words.ts';
import { createApp } from './app.ts';
import { append } from './audit.ts';
import type { Database } from './database.ts';
import { memoryQueue } from './drain-queue.ts';
import type { Browser } from './pairing.ts';
import type { Parts } from './parts.ts';
import { hash } from './tokens.ts';
import { createVitals } from './vitals.ts';

/** A browser's alarm goes as often; the lease outlasts two of them. */
export const EVERY_MS = 30_000;

export class RemovedError extends Error {}

/**
 * This machine among the team, so that people see who drains, and may remove it like any browser. No token belongs to
 * it. It is kept as `support`, so that it never passes for the last admin: nobody could invite through it.
 */
export async function join(
  db: Database,
  now: () => number,
  again: boolean,
  host = hostname(),
): Promise<Browser> {
  const me: Browser = { id: `${SERVER}${hash(host).slice(0, 12)}`, name: `Server ${host}`, role: 'support' };
  await db.transaction().execute(async (tx) => {
    const row = {
      ...me,
      token_hash: `none ${me.id}`,
      paired_at: now(),
      last_seen_at: now(),
      revoked_at: null,
    };
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('browsers')
      .values(row)
      .onConflict((c) => c.column('id').doNothing())
      .executeTakeFirst();
    const { numUpdatedRows } = await tx
      .updateTable('browsers')
      .set({ last_seen_at: now(), ...(again && { revoked_at: null, paired_at: now() }) })
      .where('id', '=', me.id)
      .where('revoked_at', again ? 'is not' : 'is', null)
      .executeTakeFirst();
    const isNew = numInsertedOrUpdatedRows === 1n;
    if (isNew || (again && numUpdatedRows === 1n))
      await append(tx, {
        actor: null,
        mode: null,
        action: 'paired',
        subject: me.id,
        after: { role: 'support', by: 'command line' },
      });
  });
  const paired = await db
    .selectFrom('browsers')
    .select('id')
    .where('id', '=', me.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (paired === undefined)
    throw new RemovedError(
      `An admin removed “${me.name}” from the team, so it drains nothing. To take it in again: drain --mode … --rejoin`,
    );
  return me;
}

export type Round = Drained & { session: Session };

export function createDrainer(parts: Parts, mode: Mode, me: Browser) {
  const { pairing } = parts;
  const vitals = createVitals(parts);
  const asAdmin: Browser = { ...me, role: 'admin' };
  const inside: Parts = {
    ...parts,
    pairing: {
      ...pairing,
      browserOf: async () => ((await pairing.isPaired(me.id)) ? { browser: asAdmin, due: false } : null),
    },
  };
  const app = createApp(inside, vitals);
  // Who it is, the line above says; a token has to look like one all the same.
  const proxy = proxyClient({
    origin: 'http://proxy.internal',
    token: 'inside-this-very-process',
    fetch: async (input, init) => app.request(String(input), init),
  });
  const queue = memoryQueue({ now: parts.now });

  return {
    queue,
    /** Finds and has credited what is due now, as an alarm makes a browser do. */
    async round(): Promise<Round> {
      const session = await proxy.session();
      const { advocate, settings } = session.modes[mode];
      const nothing: Drained = { skipped: null, found: 0, credited: 0, problem: null };
      if (!advocate.configured || settings.units.length === 0) return { ...nothing, session };
      const done = await drain({ mode, queue, proxy, session, locks: ALONE, now: parts.now });
      return { ...done, session: done.skipped === 'lease_taken' ? await proxy.session() : session };
    },
    /** Takes on nothing more, lets what is begun come to its end, and leaves the lease to the next. */
    async stop(): Promise<void> {
      await vitals.work.stop();
      await parts.leases.drop(me.id);
    },
  };
}

/** There is one drain in this process. */
const ALONE: Locks = { request: alone };
async function alone<T>(
  name: string,
  given: LockOptions | LockGrantedCallback<T>,
  callback?: LockGrantedCallback<T>,
): Promise<Awaited<T>> {
  const work = typeof given === 'function' ? given : callback;
  if (work === undefined) throw new TypeError('a lock needs something to do');
  return await work({ name, mode: 'exclusive' });
}
