/**
 * The work in one mode: find, claim, have credited, settle. Nothing counts as paid without an outcome line.
 * Every browser finds, so that its queue and badge tell what waits; the admin's that holds the lease has it credited.
 * Stopped at any moment it goes on from the queue: the lock stops two live drains, the lease brings back what a
 * dead one held, and the proxy's ledger knows what became of it.
 */
import { type Problem, ProblemError } from '../contract/problems.ts';
import { type Facts, REASON_CODES, REASONS, type Reason } from '../contract/reasons.ts';
import type { Session } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { say, sayCount } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { type ProxyClient, Unanswered } from './proxy-client.ts';
import type { Queue } from './queue.ts';
import type { Look, Row } from './queue-row.ts';
import { createStream } from './stream.ts';

const BATCH = 100;
const FULL_LOOK_EVERY_MS = 6 * 3_600_000;
/** Chrome ends an event after five minutes; the next alarm goes on. */
const LONGEST_DRAIN_MS = 4 * 60_000;

export type Locks = Pick<LockManager, 'request'>;
/** What a drain asks of a queue, wherever that keeps its rows. */
export type DrainQueue = Pick<
  Queue,
  | 'takeBack'
  | 'recall'
  | 'remember'
  | 'wakeAll'
  | 'park'
  | 'cursors'
  | 'forgetCursor'
  | 'startFullLook'
  | 'enqueue'
  | 'claim'
  | 'settle'
  | 'giveBack'
>;
export type Drain = {
  mode: Mode;
  queue: DrainQueue;
  proxy: ProxyClient;
  session: Session;
  /** Something that people see has changed. */
  changed?: () => void;
  locks?: Locks;
  now?: () => number;
};
export type Drained = {
  /** Why nothing (more) was credited; null when everything due was. */
  skipped: 'support' | 'already_running' | 'lease_taken' | 'paused' | 'not_connected' | null;
  found: number;
  credited: number;
  problem: Problem | null;
};

export async function drain(given: Drain): Promise<Drained> {
  const { mode, locks = navigator.locks } = given;
  const result: Drained = { skipped: null, found: 0, credited: 0, problem: null };
  return locks.request(`drain-${mode}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return { ...result, skipped: 'already_running' as const };
    try {
      await work(given, result);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      result.problem = error.toProblem();
    }
    return result;
  });
}

async function work(given: Drain, result: Drained): Promise<void> {
  const { mode, queue, proxy, session, changed = () => {}, now = Date.now } = given;
  const { stripe, settings } = session.modes[mode];
  const deadline = now() + LONGEST_DRAIN_MS;
  const late = () => now() >= deadline;

  const holdsLease = async () => (await proxy.lease(mode)).mine;

  // The lock is ours, so nobody else in this browser lives who could still settle what they claimed.
  await queue.takeBack();
  await noticeSettings();
  await find();
  const blocked = stripe.connected ? (settings.paused ? 'paused' : null) : 'not_connected';
  for (const reason of ['paused', 'not_connected'] as const) {
    if (reason !== blocked) await queue.wakeAll([reason]);
  }
  if (blocked !== null) await queue.park(blocked);

  if (session.role !== 'admin') {
    result.skipped = 'support';
    return;
  }
  result.skipped = (await holdsLease()) ? blocked : 'lease_taken';
  const stream = createStream(now);
  try {
    for (let first = true; !late(); first = false) {
      if (!first && result.skipped === null && !(await holdsLease())) result.skipped = 'lease_taken';
      // What was begun here is seen to its end, whoever sends now and whatever keeps the rest back: only its fate is asked.
      const claimed = await queue.claim(BATCH, result.skipped === null ? 'due' : 'begun');
      if (claimed.length > 0) changed();
      else if (stream.isIdle()) return;
      if (claimed.length > 0) stream.begin(claimed.length, (settled) => haveCredited(claimed, settled));
      // Fewer than there was room for: nothing else is due before something comes of these.
      await stream.room(claimed.length < BATCH);
    }
  } finally {
    await stream.end();
  }

  /** Settings changed anywhere: what waited for them is ready, and other units mean other rewards. */
  async function noticeSettings(): Promise<void> {
    if ((await queue.recall('settings')) !== settings.version) {
      const allowed = settings.currencyRule === 'allow' ? (['currency_unset'] as const) : [];
      // While a unit still waits for an admin's word, its rewards would only hear the same again.
      const confirmed = Object.keys(settings.backfill).length === 0 ? (['earned_before_unit'] as const) : [];
      await queue.wakeAll(['unit_not_configured', ...allowed, ...confirmed]);
      await queue.remember('settings', settings.version);
    }
    const caps = JSON.stringify(settings.caps);
    if ((await queue.recall('caps')) !== caps) {
      await queue.wakeAll(['over_cap', 'over_cap_reward']);
      await queue.remember('caps', caps);
    }
    const basis = JSON.stringify([[...settings.units].sort(), stripe.account]);
    if ((await queue.recall('basis')) !== basis) {
      await queue.wakeAll(['permission_missing']);
      await queue.forgetCursor('news');
      await queue.remember('basis', basis);
    }
  }

  async function find(): Promise<void> {
    const { news, full, fullLookAt } = await queue.cursors();
    await readPages('news', news);
    const lookedAgo = fullLookAt === null ? 0 : Math.abs(now() - fullLookAt);
    if (full === null && lookedAgo >= FULL_LOOK_EVERY_MS) await queue.startFullLook();
    if (full !== null || lookedAgo >= FULL_LOOK_EVERY_MS) await readPages('full', full);
  }

  async function readPages(look: Look, from: string | null): Promise<void> {
    let after = from || undefined;
    while (!late()) {
      const page = await proxy.rewards(mode, after).catch(async (error: unknown) => {
        const stale = error instanceof ProblemError && error.code === 'cursor_invalid' && after !== undefined;
        if (!stale) throw error;
        await queue.forgetCursor(look);
        return proxy.rewards(mode, undefined);
      });
      if (page.more && page.after === after) {
        throw new ProblemError('proxy_unexpected', { detail: 'Its next page of rewards is the same again.' });
      }
      result.found += (await queue.enqueue(page, look)).found;
      if (page.rewards.length > 0) changed();
      if (!page.more) return;
      after = page.after;
    }
  }

  async function haveCredited(claimed: Row[], settled: () => void): Promise<void> {
    const rewards = claimed.map((row) => row.reward);
    const confirmCurrency = claimed.filter((row) => row.confirmedCurrency).map((row) => row.reward);
    const releaseCap = claimed.filter((row) => row.releasedCap === true).map((row) => row.reward);
    const open = new Set(rewards);
    try {
      // Only where there is something to say: a proxy that is not updated yet refuses words that it does not know.
      const wishes = { confirmCurrency, ...(releaseCap.length > 0 && { releaseCap }) };
      // Outcomes that come meanwhile are settled meanwhile.
      await eachAtOnce(proxy.credits(mode, { rewards, ...wishes }), async (outcome) => {
        const news = await queue.settle(outcome);
        open.delete(outcome.reward);
        settled();
        const paid = outcome.state === 'credited' || outcome.state === 'redeemed';
        if (news && paid && outcome.credit !== null) result.credited += 1;
        if (news) changed();
      });
    } catch (error) {
      // Unanswered: the proxy may be at it still. The rows stay leased and are asked for again afterwards.
      if (error instanceof ProblemError && !(error instanceof Unanswered)) {
        await queue.giveBack([...open], ...reasonOf(error));
        changed();
      }
      throw error;
    }
    if (open.size > 0) {
      throw new Unanswered(
        'proxy_unexpected',
        told({ detail: sayCount('ui_unsaid', open.size, { all: rewards.length }) }),
      );
    }
  }
}

/** Works on whatever comes as soon as it comes. What was begun has come to its end when this ends, however it ends. */
async function eachAtOnce<T>(all: AsyncIterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = [];
  try {
    for await (const one of all) {
      const done = work(one);
      done.catch(() => {}); // Told below.
      begun.push(done);
    }
  } finally {
    await Promise.allSettled(begun);
  }
  await Promise.all(begun);
}

/** What the rows say that a refused request leaves waiting. */
function reasonOf(error: ProblemError): [Reason, Facts] {
  const { code, extra } = error;
  if (code === 'lease_taken') return ['busy', {}];
  if (code === 'rate_limited') return ['rate_limited', { detail: say('ui_the_proxy') }];
  const reason = REASON_CODES.find((known) => known === code && REASONS[known].state === 'waiting');
  if (reason === undefined) return ['proxy_unreachable', {}];
  return [reason, extra.detail === undefined ? {} : { detail: extra.detail }];
}
