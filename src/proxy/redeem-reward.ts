/** After the credit: Advocate's own record that the reward was used, and the note people see there. */
import { formatMoney, plainMoney } from '../contract/money.ts';
import type { DetailCode } from '../contract/reasons.ts';
import type { Outcome } from '../contract/routes.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateReward } from './advocate-shapes.ts';
import { NOTE_MARK } from './judge.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import { fromRow } from './outcomes.ts';

type NoteContext = { ledger: Ledger; advocate: Advocate };
/** `actor`: who asked, the browser's id. */
export type RedeemContext = NoteContext & { now: () => number; actor: string };

const RETRY_MS = 30_000;
/** Advocate's lists may lag behind its writes, so a refusal is not believed at once when an answer was lost. */
const STALE_MS = 10 * 60_000;

/** Goes on from the ledger's last recovery point. `reward` is how Advocate tells of it now. */
export async function redeemReward(
  context: RedeemContext,
  start: LedgerRow,
  reward: AdvocateReward | undefined,
): Promise<Outcome> {
  if (start.point === 'noted') return fromRow(start, 'redeemed', null);
  if (start.point === 'redeemed') {
    await noteReward(context, start);
    return fromRow(start, 'redeemed', null);
  }
  const later = () => fromRow(start, 'credited', 'redeem_pending', { retryAt: context.now() + RETRY_MS });
  if (reward === undefined) {
    // A list that lags behind forgets nothing for long.
    if ((await context.ledger.now()) - (start.credited_at ?? 0) < STALE_MS) return later();
    return fromRow(start, 'held', 'advocate_refused', {
      facts: { detail: 'reward_gone' satisfies DetailCode },
    });
  }
  if (reward.statuses.includes('CANCELLED')) return fromRow(start, 'held', 'cancelled_after_credit');

  const result = await redeem(context, start, reward);
  if (result === 'later') return later();
  if (typeof result === 'string')
    return fromRow(start, 'held', 'advocate_refused', { facts: { detail: result } });

  const row = await context.ledger.redeemed(start.reward, result.byHand, context.actor);
  await noteReward(context, row);
  if (result.byHand === 0) return fromRow(row, 'redeemed', null);
  return fromRow(row, 'held', 'redeemed_by_hand', {
    facts: { detail: plainMoney({ amount: result.byHand, currency: row.currency }) },
  });
}

/**
 * Redeems what is left to redeem. Advocate has no idempotency here, so what is redeemed already is read first: before
 * our first try it was somebody else's doing, after it it may be our own lost answer.
 * @returns how much somebody else had redeemed; `later`; or Advocate's refusal in its words.
 */
async function redeem(
  context: RedeemContext,
  row: LedgerRow,
  reward: AdvocateReward,
): Promise<{ byHand: number } | 'later' | string> {
  const target = row.redeemed_before + row.redeem_amount;
  const already = reward.redeemedCredit ?? 0;
  const firstTry = row.redeem_sent_at === null;
  const byHand = firstTry ? Math.max(0, Math.min(already, target) - row.redeemed_before) : 0;
  if (already >= target) return { byHand };

  await context.ledger.markRedeemSent(row);
  try {
    await context.advocate.redeem(row.reward, target - already, row.unit);
    return { byHand };
  } catch (error) {
    if (!(error instanceof AdvocateError)) throw error;
    if (error.failure === 'rate_limited' || error.failure === 'refused_key') {
      await context.ledger.markRedeemNotSent(row);
      return 'later';
    }
    const now = await readAgain(context.advocate, row.reward);
    if (now !== undefined && (now.redeemedCredit ?? 0) >= target)
      return error.failure === 'refused' && firstTry ? { byHand: target - row.redeemed_before } : { byHand };
    if (error.failure === 'unreachable') return 'later';
    const sentFor = (await context.ledger.now()) - (row.redeem_sent_at ?? 0);
    return !firstTry && sentFor < STALE_MS ? 'later' : error.message;
  }
}

async function readAgain(advocate: Advocate, reward: string): Promise<AdvocateReward | undefined> {
  try {
    return (await advocate.rewardsById([reward])).get(reward);
  } catch (error) {
    if (error instanceof AdvocateError) return undefined;
    throw error;
  }
}

/** Writes the note. A note that fails is written later (`finishNotes`); the money does not wait for it. */
export async function noteReward({ ledger, advocate }: NoteContext, row: LedgerRow): Promise<boolean> {
  const amount = formatMoney({ amount: row.amount, currency: row.currency });
  const byHand = row.redeemed_by_hand > 0;
  try {
    await advocate.note(
      row.reward,
      byHand ? 'WARN' : 'SUCCESS',
      `${amount} credit for the next invoice.`,
      `${amount} credited to Stripe customer ${row.customer} (${row.credit}).` +
        (byHand ? ' Somebody also redeemed this reward by hand.' : ''),
      {
        by: NOTE_MARK,
        customer: row.customer,
        credit: row.credit,
        amount: row.amount,
        currency: row.currency,
      },
    );
  } catch (error) {
    if (!(error instanceof AdvocateError)) throw error;
    // A note that is refused for good is given up: it is evidence, not money, and others wait behind it.
    if (error.failure !== 'refused') return false;
  }
  await ledger.noted(row.reward);
  return true;
}
