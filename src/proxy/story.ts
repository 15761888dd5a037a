/** One reward from beginning to end, in one answer: Advocate's word, the ledger's row, the reversal, the history. */
import type { RewardStory } from '../contract/ledger.ts';
import { ProblemError } from '../contract/problems.ts';
import type { RewardSeen } from '../contract/routes.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { page as auditPage } from './audit.ts';
import type { Database } from './database.ts';
import { type FindContext, tell } from './find-rewards.ts';
import { problemOf } from './http-problems.ts';
import { earnedAt } from './judge.ts';
import type { LedgerRow } from './ledger.ts';
import { readLedgerRow } from './ledger-page.ts';
import type { Pairing } from './pairing.ts';
import type { ModeParts } from './parts.ts';
import { dashboardUrl } from './stripe-dashboard.ts';
import { viewReversal } from './view-reversal.ts';

export type StoryContext = FindContext &
  Pick<ModeParts, 'mode'> & { db: Database; pairing: Pick<Pairing, 'nameOf'> };

export async function readStory(context: StoryContext, reward: string): Promise<RewardStory> {
  const { db, mode, ledger, reversals, pairing } = context;
  const [row, reversal, history, asked] = await Promise.all([
    ledger.find(reward),
    reversals.find(reward),
    auditPage(db, { subject: reward }),
    askAdvocate(context, reward),
  ]);
  const standing = asked.seen ?? (row && (await standingOf(context, row)));
  if (standing === undefined) {
    if (asked.problem !== null) throw asked.problem;
    throw new ProblemError('not_found', { detail: 'Neither Advocate nor the ledger knows this reward.' });
  }
  const { accountId, userId, unit, money, state, reason, facts } = standing;
  return {
    reward,
    accountId,
    userId,
    unit,
    money: row === undefined ? money : { amount: row.amount, currency: row.currency },
    state,
    reason,
    facts,
    problem: asked.problem?.toProblem() ?? null,
    advocate: asked.reward && {
      statuses: asked.reward.statuses,
      changedAt: asked.reward.dateModified,
      note: asked.reward.meta?.status ?? null,
    },
    earned: earnedOf(asked.reward, row),
    ...(row === undefined ? NOTHING : steps(row, await pairing.nameOf(row.claimed_by), mode)),
    reversal: reversal && row ? await viewReversal(pairing, reversal, row) : null,
    history,
  };
}

type Steps = Pick<RewardStory, 'claimed' | 'sent' | 'credited' | 'redeemed' | 'noted'>;
const NOTHING: Steps = { claimed: null, sent: null, credited: null, redeemed: null, noted: null };

type Asked = { reward: AdvocateReward | null; seen: RewardSeen | undefined; problem: ProblemError | null };

async function askAdvocate(context: StoryContext, id: string): Promise<Asked> {
  try {
    const reward = await context.advocate.reward(id);
    if (reward === null) return { reward, seen: undefined, problem: null };
    const [seen] = await tell(context, [reward], new Set([id]));
    return { reward, seen, problem: null };
  } catch (error) {
    if (!(error instanceof AdvocateError)) throw error;
    if (error.status === 404) return { reward: null, seen: undefined, problem: null };
    return { reward: null, seen: undefined, problem: problemOf(error) };
  }
}

/** By the ledger alone, where Advocate does not know the reward any more, or cannot be asked. */
async function standingOf(
  { db, mode }: StoryContext,
  row: LedgerRow,
): Promise<Pick<RewardSeen, 'accountId' | 'userId' | 'unit' | 'money' | 'state' | 'reason' | 'facts'>> {
  const shown = await readLedgerRow(db, mode, row.reward);
  const state = shown === null || shown.state === 'crediting' ? 'waiting' : shown.state;
  const reason =
    state === 'waiting' && row.outcome_unknown === 1 ? 'outcome_unknown' : (shown?.reason ?? null);
  const money = { amount: row.amount, currency: row.currency };
  return { accountId: row.account_id, userId: row.user_id, unit: row.unit, money, state, reason, facts: {} };
}

function earnedOf(reward: AdvocateReward | null, row: LedgerRow | undefined): RewardStory['earned'] {
  const at = row?.earned_at ?? (reward && earnedAt(reward));
  return at ? { at } : null;
}

function steps(row: LedgerRow, by: string, mode: StoryContext['mode']): Steps {
  const money = (amount: number | null) => (amount === null ? null : { amount, currency: row.currency });
  return {
    claimed: { at: row.claimed_at, by, customer: row.customer },
    sent:
      row.first_sent_at === null
        ? null
        : {
            first: row.first_sent_at,
            last: row.last_sent_at ?? row.first_sent_at,
            unknown: row.outcome_unknown === 1,
            refusal: row.refusal,
          },
    credited:
      row.credit === null || row.credited_at === null
        ? null
        : {
            at: row.credited_at,
            credit: row.credit,
            requestId: row.request_id,
            before: money(row.credit_before),
            after: money(row.credit_after),
            customer: row.customer,
            customerUrl: dashboardUrl(mode, row.stripe_account, 'customers', row.customer),
          },
    redeemed:
      row.redeemed_at === null
        ? null
        : { at: row.redeemed_at, amount: row.redeem_amount, byHand: row.redeemed_by_hand },
    noted: row.noted_at === null ? null : { at: row.noted_at },
  };
}
