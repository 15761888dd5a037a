/**
 * What would happen to a set of rewards if they came to be credited now, one after the other, with nothing changed
 * anywhere: no claim, no note, no watch on a link. What is read is read side by side; what it comes to is added up in
 * the order that was asked.
 */
import pLimit from 'p-limit';
import { formatMoney } from '../contract/money.ts';
import type { CreditsRequest, Outcome } from '../contract/routes.ts';
import { capRefusal } from './caps.ts';
import { checkCustomer, stripeFailure } from './check-customer.ts';
import { type BatchContext, outcomeOfFailure } from './credit-batch.ts';
import { BIRTH_SLACK_MS, refusedBy, weigh } from './credit-reward.ts';
import { earnedAt, type Payment } from './judge.ts';
import { createKnowledge } from './known.ts';
import type { LedgerRow } from './ledger.ts';
import { because, fromRow } from './outcomes.ts';
import { reversedOutcome } from './reversed-outcome.ts';
import { KEY_REUSED, keyReused, names } from './send-credit.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { StripeCustomer } from './stripe-customers.ts';

/** Rewards that are read at once. */
const AT_ONCE = 16;

type Weighed = Awaited<ReturnType<typeof weigh>>;

/** What the rewards before this one would have changed: the customers, and what is claimed of the day's caps. */
type Foreseen = { customers: Map<string, StripeCustomer>; claimed: Map<string, number> };

type Preview = {
  batch: BatchContext;
  rows: Map<string, LedgerRow>;
  readCustomer: (stripe: StripeAccess, id: string) => Promise<StripeCustomer>;
  /** After what goes through as things stand; and after what only waits for somebody's word as well. */
  going: Foreseen;
  allowed: Foreseen;
};

export async function previewBatch(
  given: BatchContext,
  request: Pick<CreditsRequest, 'rewards'>,
  tell: (outcome: Outcome) => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const ids = [...new Set(request.rewards)];
  // Also that access was taken back, or the browser removed, is for a real run to find out and to note.
  const batch: BatchContext = {
    ...given,
    onRevoked: async () => undefined,
    isPaired: async () => true,
  };
  const preview: Preview = {
    batch,
    rows: await batch.ledger.findMany(ids),
    readCustomer: rememberCustomers(),
    going: { customers: new Map(), claimed: new Map() },
    allowed: { customers: new Map(), claimed: new Map() },
  };
  const know = createKnowledge(batch, ids);
  const limit = pLimit(AT_ONCE);
  const read = ids.map((id) => ({ id, weighed: limit(() => readAhead(preview, know, id)) }));
  for (const { id, weighed } of read) {
    if (stopped()) return;
    await tell(await outcomeOf(preview, id, weighed));
  }
}

async function outcomeOf(
  preview: Preview,
  id: string,
  weighed: Promise<Weighed | { failed: unknown }>,
): Promise<Outcome> {
  try {
    const known = await weighed;
    if ('failed' in known) throw known.failed;
    return await foresee(preview, id, known);
  } catch (error) {
    return outcomeOfFailure(preview.batch, id, error);
  }
}

/** Never throws: the one that fails is told of in its turn. */
async function readAhead(
  { readCustomer }: Preview,
  know: ReturnType<typeof createKnowledge>,
  id: string,
): Promise<Weighed | { failed: unknown }> {
  try {
    const weighed = await weigh({ know }, id);
    const payment = paymentOf(weighed);
    const { stripe } = weighed.known;
    if (payment !== null && stripe !== null)
      await readCustomer(stripe, payment.customer).catch(() => undefined);
    return weighed;
  } catch (error) {
    return { failed: error };
  }
}

const paymentOf = ({ verdict }: Weighed): Payment | null => (verdict.ready ? verdict : verdict.onceAllowed);

async function foresee(preview: Preview, id: string, weighed: Weighed): Promise<Outcome> {
  const { verdict, reward, known } = weighed;
  const { batch } = preview;
  const row = preview.rows.get(id);
  if (row !== undefined && row.point !== 'claimed') {
    const reversed = await reversedOutcome(batch, id);
    return reversed ?? fromRow(row, row.point === 'credited' ? 'credited' : 'redeemed', null);
  }
  if (row?.outcome_unknown) return fromRow(row, 'waiting', 'outcome_unknown');
  if (row?.refusal === KEY_REUSED) return keyReused(row);

  const payment = paymentOf(weighed);
  if (payment === null || reward === undefined) return refusedBy(id, verdict, reward);
  const { stripe, circumstances } = known;
  const { money, customer } = payment;
  if (stripe === null)
    return verdict.ready ? because(id, 'not_connected', payment) : refusedBy(id, verdict, reward);

  const { settings } = circumstances;
  const at = verdict.ready ? preview.going : preview.allowed;
  const checked = await checkCustomer(batch, standingIn(preview, at, stripe), settings, id, payment);
  if (!checked.ok) return checked.outcome;
  // What was sent before was allowed then.
  if (row?.first_sent_at == null && !batch.capReleased(id)) {
    const claimed = async () =>
      (await batch.ledger.claimedTodayBeside(id, money.currency)) + (at.claimed.get(money.currency) ?? 0);
    const capped = await capRefusal(settings, id, money, claimed, batch.now());
    if (capped !== null) return { ...capped, customer };
  }
  if (row?.first_sent_at == null && earnedAt(reward) < batch.bornAt + BIRTH_SLACK_MS) {
    const made = await madeBefore(batch, stripe, id, payment, reward.dateCreated ?? 0);
    if (made !== null) return made;
  }

  const before = checked.customer.credit;
  const credit = { id: null, requestId: null, before, after: before + money.amount };
  // What goes through is there as well when somebody has given their word on the others.
  for (const foreseen of verdict.ready ? [preview.going, preview.allowed] : [preview.allowed]) {
    await count(preview, foreseen, stripe, payment, row === undefined);
  }
  if (!verdict.ready) return { ...refusedBy(id, verdict, reward), customer, credit };
  return { reward: id, state: 'ready', reason: null, facts: {}, retryAt: null, money, customer, credit };
}

/** The connection to Stripe, where customers are as they would be by then. */
function standingIn({ readCustomer }: Preview, { customers }: Foreseen, stripe: StripeAccess): StripeAccess {
  return { ...stripe, customer: async (id) => customers.get(id) ?? readCustomer(stripe, id) };
}

/** @param claims whether it is a new claim; one that was claimed before is in the ledger's sum already. */
async function count(
  { readCustomer }: Preview,
  { customers, claimed }: Foreseen,
  stripe: StripeAccess,
  { money: { amount, currency }, customer: id }: Payment,
  claims: boolean,
): Promise<void> {
  const customer = customers.get(id) ?? (await readCustomer(stripe, id));
  customers.set(id, { ...customer, currency, credit: customer.credit + amount });
  if (claims) claimed.set(currency, (claimed.get(currency) ?? 0) + amount);
}

/** A credit that a lost ledger made: it would be taken over, and nothing sent. */
async function madeBefore(
  batch: BatchContext,
  stripe: StripeAccess,
  id: string,
  { money, customer }: Payment,
  createdAt: number,
): Promise<Outcome | null> {
  try {
    const since = createdAt - BIRTH_SLACK_MS;
    const [made] = await stripe.creditsOf(customer, since, names(id, batch.tenant));
    if (made === undefined) return null;
    if (made.amount !== money.amount || made.currency !== money.currency) {
      const detail = `${made.id}, ${formatMoney(made)} for ${made.customer}`;
      return because(id, 'credit_differs', { money, customer, facts: { detail, customer } });
    }
    const credit = { id: made.id, requestId: null, before: made.after - made.amount, after: made.after };
    return { reward: id, state: 'credited', reason: null, facts: {}, retryAt: null, money, customer, credit };
  } catch (error) {
    return stripeFailure(batch, stripe, id, customer, error, false);
  }
}

/** Each customer is read once, so that what is added up begins at one figure. */
function rememberCustomers(): Preview['readCustomer'] {
  const reads = new Map<string, Promise<StripeCustomer>>();
  return (stripe, id) => {
    const read = reads.get(id) ?? stripe.customer(id);
    reads.set(id, read);
    return read;
  };
}
