/** What Prometheus reads. Labels are routes, modes, states and codes: few, and never a name or an id. */
import { sql } from 'kysely';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ProblemCode } from '../contract/problems.ts';
import type { Reason } from '../contract/reasons.ts';
import type { Outcome } from '../contract/routes.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { type Database, databaseNow } from './database.ts';
import type { Parts } from './parts.ts';
import type { Work } from './work.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** From an answer out of memory to a page that asks Advocate several times. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics({ db, connections, log }: Parts, work: Work) {
  const registry = new Registry();
  const registers = [registry];

  const requests = new Histogram({
    name: 'advocate_credits_request_seconds',
    help: 'Requests by route, until the answer began.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'advocate_credits_refusals_total',
    help: 'Requests that were refused, by the stable code of the refusal.',
    labelNames: ['code'],
    registers,
  });
  const outcomes = new Counter({
    name: 'advocate_credits_outcomes_total',
    help: 'What became of rewards that were asked to be credited, once for each time they were asked.',
    labelNames: ['mode', 'state', 'reason'],
    registers,
  });
  new Gauge({
    name: 'advocate_credits_in_flight',
    help: 'Requests and work under way at this moment.',
    registers,
    collect() {
      this.set(work.count());
    },
  });
  new Gauge({
    name: 'advocate_credits_in_flight_limit',
    help: 'From so many on, more is refused with proxy_busy.',
    registers,
    collect() {
      this.set(work.most);
    },
  });
  new Gauge({
    name: 'advocate_credits_stopping',
    help: '1 while this proxy finishes what it has begun and takes on nothing more.',
    registers,
    collect() {
      this.set(Number(work.isStopping()));
    },
  });
  for (const [name, what, help] of [
    ['advocate_credits_stripe_calls_total', 'calls', 'Calls of Stripe by this proxy.'],
    ['advocate_credits_stripe_slowed_total', 'slowed', 'How often Stripe asked this proxy to slow down.'],
  ] as const)
    new Counter({
      name,
      help,
      labelNames: ['mode'],
      registers,
      collect() {
        this.reset();
        for (const mode of MODES) this.inc({ mode }, connections.meter.of(mode).ever()[what]);
      },
    });

  const unfinished = new Gauge({
    name: 'advocate_credits_unfinished',
    help: 'Rewards in the ledger that are claimed or credited, and not redeemed yet.',
    labelNames: ['mode', 'point'],
    registers,
  });
  const held = new Gauge({
    name: 'advocate_credits_held',
    help: 'Rewards that need a person, by the last word on them.',
    labelNames: ['mode'],
    registers,
  });
  const lastRun = new Gauge({
    name: 'advocate_credits_last_run_age_seconds',
    help: 'How long ago whoever drains last renewed the lease. Absent where nobody ever has.',
    labelNames: ['mode'],
    registers,
  });
  const database = new Gauge({
    name: 'advocate_credits_database_up',
    help: '1 when the database answered while this was read.',
    registers,
  });

  /** A database that does not answer must not hide all else. */
  async function readLedger(): Promise<void> {
    for (const gauge of [unfinished, held, lastRun]) gauge.reset();
    try {
      for (const { mode, point, count } of await countUnfinished(db)) unfinished.set({ mode, point }, count);
      for (const { mode, count } of await countHeld(db)) held.set({ mode }, count);
      const now = await databaseNow(db);
      for (const { mode, last_run_at } of await db.selectFrom('leases').selectAll().execute())
        lastRun.set({ mode }, Math.max(0, now - last_run_at) / 1000);
      database.set(1);
    } catch (error) {
      log.warn({ err: error }, 'the database does not answer');
      database.set(0);
    }
  }

  return {
    contentType: registry.contentType,
    /** Memory, processor, event loop: of the process, so asked for once in it. */
    ofProcess: () => collectDefaultMetrics({ register: registry }),
    request: (method: string, route: string, status: number, seconds: number) =>
      requests.observe({ method, route, status }, seconds),
    refusal: (code: ProblemCode) => refusals.inc({ code }),
    outcome: (mode: Mode, state: Outcome['state'], reason: Reason | null) =>
      outcomes.inc({ mode, state, reason: reason ?? '' }),
    async read(): Promise<string> {
      await readLedger();
      return registry.metrics();
    },
  };
}

const countUnfinished = (db: Database) =>
  db
    .selectFrom('ledger')
    .select(['mode', 'point', (eb) => eb.fn.countAll<number>().as('count')])
    .where('mode', 'in', MODES)
    // In these words: only then does SQLite see that there is an index of just those.
    .where(sql<boolean>`point in ('claimed', 'credited')`)
    .groupBy(['mode', 'point'])
    .execute();

const countHeld = (db: Database) =>
  db
    .selectFrom('told')
    .select(['mode', (eb) => eb.fn.countAll<number>().as('count')])
    .where('mode', 'in', MODES)
    .where('state', '=', 'held')
    .groupBy('mode')
    .execute();
