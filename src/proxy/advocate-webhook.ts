/**
 * What Advocate calls out to us. It may come late, twice, in any order or not at all: all it does is to have a browser
 * look now instead of at its next alarm. What a reward is worth is asked of Advocate, as ever.
 */
import * as v from 'valibot';
import { ProblemError } from '../contract/problems.ts';
import type { Settings } from '../contract/routes.ts';
import { MODES, type Mode } from '../contract/words.ts';
import type { CheckSignature } from './advocate-signature.ts';
import type { Database } from './database.ts';
import type { Environment } from './environment.ts';
import { hearOnce, noteArrival, wasHeard } from './hints.ts';

/**
 * Advocate sends again for three days what was not answered. Whether it signs anew then is not documented, so what it
 * says of its own age is believed for a day longer; within that time the same one again has no effect.
 */
const OLDEST_MS = 4 * 86_400_000;
/** Clocks differ. */
const EARLIEST_MS = 5 * 60_000;

/** The types that can mean new money. New types may appear at any time. */
const TELLING: ReadonlySet<string> = new Set(['reward.created', 'user.reward.balance.changed']);

/** Milliseconds by its schema; seconds and written dates are told apart, in case. */
const Instant = v.pipe(
  v.union([v.pipe(v.number(), v.finite()), v.pipe(v.string(), v.isoTimestamp())]),
  v.transform((at) => (typeof at === 'string' ? Date.parse(at) : at < 100_000_000_000 ? at * 1000 : at)),
);
const Event = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  type: v.string(),
  tenantAlias: v.string(),
  created: Instant,
  data: v.optional(v.unknown()),
});
type Event = v.InferOutput<typeof Event>;
const OfUnit = v.object({ unit: v.string() });

type AdvocateContext = {
  environment: Pick<Environment, 'advocate'>;
  checkSignature: CheckSignature;
  db: Database;
  now: () => number;
  settings: { read: (mode: Mode) => Promise<Settings> };
};
type Known = { event: Event; mode: Mode };

const refused = (detail: string, action?: string) =>
  new ProblemError('webhook_invalid', { detail, ...(action !== undefined && { action }) });

/** @throws ProblemError `webhook_invalid` unless Advocate said it, lately, of one of our tenants. */
export async function readAdvocateEvent(
  { environment, checkSignature, now }: Pick<AdvocateContext, 'environment' | 'checkSignature' | 'now'>,
  body: Uint8Array,
  signature: string | undefined,
): Promise<Known> {
  // Nothing is read of it before it is known whose it is.
  await checkSignature(body, signature);
  const event = parse(body);
  // The tenant decides the mode. What the event calls it does not: a company without a test tenant tries in a live one.
  const mode = MODES.find((one) => environment.advocate[one]?.tenant === event.tenantAlias);
  if (mode === undefined)
    throw refused(
      'It is of a tenant that this proxy does not serve.',
      'Remove this address from the webhooks of that tenant in Advocate.',
    );
  const age = now() - event.created;
  if (age > OLDEST_MS || age < -EARLIEST_MS)
    throw refused('It was made too long ago, or in the future.', 'Compare the proxy’s clock.');
  return { event, mode };
}

function parse(body: Uint8Array): Event {
  try {
    return v.parse(Event, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    throw refused('Its body is not what Advocate documents.');
  }
}

/** True when browsers are to look. Once this resolves the hint is on disk, and only then the webhook counts as heard. */
export async function hearAdvocateEvent(
  { db, settings }: Pick<AdvocateContext, 'db' | 'settings'>,
  { event, mode }: Known,
): Promise<boolean> {
  const webhook = { source: 'advocate', mode, id: event.id } as const;
  await noteArrival(db, webhook);
  if (!TELLING.has(event.type) || !(await mayConcern(event, mode, settings))) return false;
  if (await wasHeard(db, webhook)) return false;
  return hearOnce(db, webhook, 'rewards');
}

/** Rewards in other units are not ours. Where the unit is written in a way that we do not know, we look. */
async function mayConcern(
  { data }: Event,
  mode: Mode,
  settings: AdvocateContext['settings'],
): Promise<boolean> {
  const { units } = await settings.read(mode);
  if (units.length === 0) return false;
  const read = v.safeParse(OfUnit, data);
  if (!read.success || !/^[A-Za-z0-9_-]+\/[A-Z]{3}$/.test(read.output.unit)) return true;
  return units.includes(read.output.unit);
}
