/** Up to a hundred rewards at once: Advocate is asked once for all, Stripe for each, and each outcome is told at once. */
import pLimit from 'p-limit';
import type { CreditsRequest, Outcome } from '../contract/routes.ts';
import { AdvocateError } from './advocate.ts';
import { type CreditContext, creditReward } from './credit-reward.ts';
import type { Circumstances } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import type { Links } from './links.ts';
import { because, fromRow } from './outcomes.ts';

/** Rewards under way at once in one request. */
const AT_ONCE = 16;

export type BatchContext = CreditContext & {
  links: Links;
  paidElsewhere: () => Promise<Circumstances['paidElsewhere']>;
  onError: (reward: string, error: unknown) => void;
};

/** @param tell called once per reward, when what it says is durable. @param stopped whether anybody still listens. */
export async function creditBatch(
  context: BatchContext,
  request: Pick<CreditsRequest, 'rewards'>,
  tell: (outcome: Outcome) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const ids = [...new Set(request.rewards)];
  const read = await readFromAdvocate(context, ids);
  if (!read.ok) {
    const rows = await context.ledger.findMany(ids);
    for (const id of ids) await tell(withoutAdvocate(id, rows.get(id), read.error, context.now()));
    return;
  }
  const limit = pLimit(AT_ONCE);
  await Promise.all(
    ids.map((id) =>
      limit(async () => {
        if (stopped()) return;
        const reward = read.rewards.get(id);
        const circumstances: Circumstances = {
          settings: context.settings,
          accountParticipants: read.participants.get(reward?.user?.accountId ?? '') ?? [],
          paidElsewhere: read.paidElsewhere,
        };
        try {
          const outcome = await creditReward(context, id, reward, circumstances);
          if (reward?.user && !context.dryRun)
            await context.links.watch(
              { accountId: reward.user.accountId, userId: reward.user.id },
              outcome.reason,
            );
          await tell(outcome);
        } catch (error) {
          context.onError(id, error);
          await tell(because(id, 'proxy_failed', { retryAt: context.now() + 60_000 }));
        }
      }),
    ),
  );
}

async function readFromAdvocate(context: BatchContext, ids: readonly string[]) {
  try {
    const [rewards, paidElsewhere] = await Promise.all([
      context.advocate.rewardsById(ids),
      context.paidElsewhere(),
    ]);
    const accounts = new Set(
      [...rewards.values()].flatMap(({ user }) => (user === null ? [] : [user.accountId])),
    );
    const participants = await context.advocate.participantsOfAccounts([...accounts]);
    return { ok: true, rewards, participants, paidElsewhere } as const;
  } catch (error) {
    if (error instanceof AdvocateError) return { ok: false, error } as const;
    throw error;
  }
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
