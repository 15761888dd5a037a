/** Up to a hundred rewards at once: Advocate is asked once for all, Stripe for each, and each outcome is told at once. */
import { ProblemError } from '../contract/problems.ts';
import { REASONS } from '../contract/reasons.ts';
import type { CreditsRequest, Outcome } from '../contract/routes.ts';
import { AdvocateError } from './advocate-error.ts';
import { type CreditContext, creditReward } from './credit-reward.ts';
import { createKnowledge, type KnowContext } from './known.ts';
import type { LedgerRow } from './ledger.ts';
import type { Links } from './links.ts';
import { because, fromRow } from './outcomes.ts';
import type { Tempo } from './tempo.ts';
import type { Told } from './told.ts';

/** By then another proxy has started, or this one anew. */
const LATER_MS = 10_000;

export type BatchContext = Omit<CreditContext, 'know'> &
  KnowContext & {
    links: Links;
    told: Told;
    /** Waits for room among all that is under way in this mode. */
    tempo: Pick<Tempo, 'inRoom'>;
    onError: (reward: string, error: unknown) => void;
    /** Whether this proxy is being stopped: what is begun comes to its end, nothing else is begun. */
    isStopping?: () => boolean;
  };

/**
 * @param tell called once per reward, when what it says is durable.
 * @param stopped whether anybody still listens.
 */
export async function creditBatch(
  batch: BatchContext,
  request: Pick<CreditsRequest, 'rewards'>,
  tell: (outcome: Outcome) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const ids = [...new Set(request.rewards)];
  const context: CreditContext = { ...batch, know: createKnowledge(batch, ids) };
  await Promise.all(
    ids.map(async (id) => {
      const outcome = await batch.tempo.inRoom(async () => {
        if (stopped()) return null;
        return batch.isStopping?.() ? later(batch, id) : outcomeOf(batch, context, id);
      });
      // Not in the room: a browser that hears nothing any more would keep it from everybody else.
      if (outcome !== null) await tell(outcome);
    }),
  );
}

/** Not kept for others: it says nothing of the reward. */
const later = ({ now }: BatchContext, id: string): Outcome =>
  because(id, 'proxy_unreachable', { retryAt: now() + LATER_MS });

/** Null where whoever asks may not have it done any more: it is left where it stands, for another browser. */
async function outcomeOf(batch: BatchContext, context: CreditContext, id: string): Promise<Outcome | null> {
  try {
    // Read before it is decided: an outcome must not pass for one under settings that came later.
    const { version } = (await context.know(id)).circumstances.settings;
    const outcome = await creditReward(context, id);
    await remember(batch, outcome, version);
    const { reason } = outcome;
    // What waits for a link goes on when the link is made, wherever that is.
    if (reason !== null && REASONS[reason].action === 'link') {
      const { reward, circumstances } = await context.know(id);
      if (reward?.user) await batch.links.watchFor(reward.user, circumstances.accountParticipants, reason);
    }
    return outcome;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'unauthorized') return null;
    const outcome = await outcomeOfFailure(batch, id, error);
    await remember(batch, outcome, 0);
    return outcome;
  }
}

/** Memory is for those who did not hear the outcome; where it fails, the outcome stands all the same. */
const remember = ({ told, actor, onError }: BatchContext, outcome: Outcome, settings: number) =>
  told.remember(outcome, settings, actor).catch((error: unknown) => onError(outcome.reward, error));

export async function outcomeOfFailure(
  { ledger, now, onError }: BatchContext,
  id: string,
  error: unknown,
): Promise<Outcome> {
  if (error instanceof AdvocateError) return withoutAdvocate(id, await ledger.find(id), error, now());
  onError(id, error);
  return because(id, 'proxy_failed', { retryAt: now() + 60_000 });
}

function withoutAdvocate(id: string, row: LedgerRow | undefined, error: AdvocateError, now: number): Outcome {
  const retryAt = now + (error.retryAfter ?? 30_000);
  if (row !== undefined && row.point === 'credited')
    return fromRow(row, 'credited', 'redeem_pending', { retryAt });
  if (row !== undefined && row.point !== 'claimed') return fromRow(row, 'redeemed', null);
  if (error.failure === 'rate_limited')
    return because(id, 'rate_limited', { facts: { detail: 'Advocate' }, retryAt });
  if (error.failure === 'refused_key') return because(id, 'advocate_refused_key', { retryAt });
  return because(id, 'advocate_unreachable', { retryAt });
}
