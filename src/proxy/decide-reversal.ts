/** An admin's word on a proposal, and everything that has to be true in that moment. */
import { formatMoney, type Money } from '../contract/money.ts';
import { ProblemError } from '../contract/problems.ts';
import { explainReversal } from '../locales/explain.ts';
import type { Actor } from './audit.ts';
import type { LedgerRow } from './ledger.ts';
import { type Proposals, sightOf } from './propose-reversals.ts';
import { asConfirmed, type ReversalRow } from './reversals.ts';
import {
  accountOf,
  askUnspent,
  reversalParameters,
  type TakeBackContext,
  takeBack,
  withReversal,
} from './take-back.ts';
import { tellReversal } from './tell-reversal.ts';

export type DecideContext = TakeBackContext & { proposals: Proposals };
type Admin = Exclude<Actor, null>;

/** @param seen what the admin was shown as unspent. It can only refuse; it never says how much. */
export function confirmReversal(
  context: DecideContext,
  credit: LedgerRow,
  seen: Money,
  admin: Admin,
): Promise<ReversalRow> {
  return withReversal(context, credit, async (row) => {
    switch (row.state) {
      case 'dismissed':
        throw new ProblemError('reversal_not_possible', {
          detail: 'An admin left it, so the customer keeps the credit.',
          action: 'If that was a mistake, change the customer’s balance in Stripe.',
        });
      case 'reversed':
        refuseOtherAmount(seen, credit, row.amount ?? 0, 'was taken back already');
        return row;
      case 'confirmed':
        refuseOtherAmount(seen, credit, row.amount ?? 0, 'is what was confirmed');
        return takeBack(context, asConfirmed(row), credit);
      case 'proposed': {
        await refuseWithoutCause(context, credit, row);
        const amount = await unspentAsSeen(context, credit, seen);
        const parameters = reversalParameters(credit, amount, context.advocate.tenant);
        return takeBack(context, await context.reversals.confirm(row, amount, parameters, admin), credit);
      }
    }
  });
}

/** Dismisses what was not sent, or of what it is certain that nothing came of it. */
export function dismissReversal(
  context: TakeBackContext,
  credit: LedgerRow,
  admin: Admin,
): Promise<ReversalRow> {
  return withReversal(context, credit, async (row) => {
    if (row.state === 'dismissed') return row;
    const dismissed = await context.reversals.dismiss(row, admin);
    if (dismissed !== undefined) return dismissed;
    throw new ProblemError('reversal_changed', {
      detail:
        row.state === 'reversed'
          ? 'The credit was taken back already.'
          : 'It was confirmed, and Stripe may have carried it out.',
      action: 'Look at it again. Nothing was changed.',
      current: row.state,
    });
  });
}

function refuseOtherAmount(seen: Money, { currency }: LedgerRow, amount: number, what: string): void {
  if (seen.amount === amount && seen.currency === currency) return;
  const current = formatMoney({ amount, currency });
  throw new ProblemError('reversal_changed', {
    detail: `${current} ${what}.`,
    action: 'Look at it again, then decide. Nothing was changed.',
    current,
  });
}

/** Advocate may have taken the cancellation back, or the link, since the proposal was made. */
async function refuseWithoutCause(
  { advocate, proposals }: DecideContext,
  credit: LedgerRow,
  standing: ReversalRow,
): Promise<void> {
  const reward = await advocate.reward(credit.reward);
  // Forgotten by Advocate: what was seen last stands.
  if (reward === null) return;
  const changed = await proposals.notice([{ credit, standing, sight: sightOf(reward, credit, standing) }]);
  if (!changed) return;
  throw new ProblemError('reversal_changed', {
    detail:
      'The reward, or whom the participant is linked to, has changed in Advocate since it was proposed.',
    action: 'Look at what is proposed now, if anything. Nothing was taken back.',
  });
}

async function unspentAsSeen(context: DecideContext, credit: LedgerRow, seen: Money): Promise<number> {
  const { unspent, reason } = await askUnspent(context, credit);
  if (unspent === null) {
    const { what, next } = explainReversal(reason);
    throw new ProblemError('reversal_not_possible', { detail: what, action: next });
  }
  if (unspent.amount === 0)
    throw new ProblemError('reversal_not_possible', {
      detail: `Nothing of the credit is unspent: customer ${credit.customer} has no credit in ${credit.currency} left.`,
      action: 'Press “Leave it”, or settle it with the customer.',
    });
  refuseOtherAmount(seen, credit, unspent.amount, 'is unspent now');
  return unspent.amount;
}

const AT_ONCE = 50;

/**
 * Tries again whatever did not get through before. Rows that another request works on are left to it, and one that
 * fails does not keep the others.
 */
export async function finishReversals(context: TakeBackContext): Promise<void> {
  const failures: unknown[] = [];
  for (let after = ''; ; ) {
    const due = await context.reversals.due(after, AT_ONCE);
    for (const reward of due)
      await finishReversal(context, reward).catch((error: unknown) => {
        if (!(error instanceof ProblemError)) failures.push(error);
      });
    const last = due.at(-1);
    if (last === undefined || due.length < AT_ONCE) break;
    after = last;
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Reversals could not be finished.');
}

async function finishReversal(context: TakeBackContext, reward: string): Promise<void> {
  const credit = await context.ledger.find(reward);
  if (credit === undefined) return;
  await withReversal(context, credit, async (row) => {
    if (row.state === 'confirmed') await takeBack(context, asConfirmed(row), credit);
    if (row.state !== 'reversed' || row.marked_at !== null) return;
    const { stripe } = await accountOf(context, credit);
    if (stripe !== null) await tellReversal(context, stripe, row, credit);
  });
}
