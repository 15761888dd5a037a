/** Many links at once: each as careful as a single one, each told as soon as it is read back. */
import pLimit from 'p-limit';
import type { LinkOutcome, LinkWish } from '../contract/linking.ts';
import { ProblemError } from '../contract/problems.ts';
import { LINK_FIELD } from '../contract/words.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import {
  changeLink,
  inTurn,
  type LinkContext,
  linkedDifferently,
  otherCustomer,
  readParticipant,
} from './change-link.ts';
import { problemOf } from './http-problems.ts';
import { rawLink } from './links.ts';
import type { StripeAccess } from './stripe-access.ts';
import type { StripeCustomer } from './stripe-customers.ts';

export type LinkManyContext = LinkContext & {
  stripe: StripeAccess;
  requestId: string;
  onError: (error: unknown) => void;
};
type Tell = (outcome: LinkOutcome) => Promise<void>;

const AT_ONCE = 4;

/**
 * Accounts go beside each other, the participants of one account after each other.
 * @param stopped whether nobody listens any more: what is under way is finished, nothing else begun.
 */
export async function linkMany(
  context: LinkManyContext,
  wishes: readonly LinkWish[],
  tell: Tell,
  stopped: () => boolean,
): Promise<void> {
  const contradicted = contradictions(wishes);
  const lookUp = askedOnce(context.stripe.customer);
  const limit = pLimit(AT_ONCE);
  const byAccount = Map.groupBy(wishes, ({ accountId }) => accountId);
  await Promise.all(
    [...byAccount.values()].map((ofAccount) =>
      limit(async () => {
        for (const wish of ofAccount) {
          if (stopped()) return;
          await tell(
            contradicted.has(keyOf(wish))
              ? contradiction(context, wish)
              : await fulfil(context, wish, lookUp),
          );
        }
      }),
    ),
  );
}

async function fulfil(
  context: LinkManyContext,
  wish: LinkWish,
  lookUp: (customer: string) => Promise<StripeCustomer>,
): Promise<LinkOutcome> {
  const { customer, previous } = wish;
  let current: string | null = null;
  try {
    const state = await inTurn(context, wish.accountId, async (stillMine) => {
      const participant = await readParticipant(context, wish);
      current = rawLink(participant);
      if (current === customer) {
        await context.links.seen(participant);
        return 'unchanged';
      }
      current = rawLink(await changeLink(context, participant, { customer, previous, lookUp }, stillMine));
      return 'linked';
    });
    return outcomeOf(wish, state, current);
  } catch (error) {
    const told = standingOf(error);
    return refused(context, wish, told === undefined ? current : told, error);
  }
}

/** What would happen, from one question to Advocate for up to a hundred accounts. Stripe is not asked. */
export async function foresee(context: LinkManyContext, wishes: readonly LinkWish[]): Promise<LinkOutcome[]> {
  const contradicted = contradictions(wishes);
  const accounts = [...new Set(wishes.map(({ accountId }) => accountId))];
  const known = await context.advocate.participantsOfAccounts(accounts);
  return wishes.map((wish) =>
    contradicted.has(keyOf(wish))
      ? contradiction(context, wish)
      : foreseeOne(context, wish, known.get(wish.accountId) ?? []),
  );
}

/** Writes into what is known of the account, since a later wish finds it like that. */
function foreseeOne(context: LinkManyContext, wish: LinkWish, account: AdvocateParticipant[]): LinkOutcome {
  const { userId, customer } = wish;
  const participant = account.find(({ id }) => id === userId);
  if (participant === undefined) return refused(context, wish, null, new ProblemError('participant_missing'));
  const current = rawLink(participant);
  if (current === customer) return outcomeOf(wish, 'unchanged', current);
  const other = linkedDifferently(account, userId, customer);
  if (other !== null) return refused(context, wish, current, otherCustomer(other));
  participant.customFields = { ...participant.customFields, [LINK_FIELD]: customer };
  return outcomeOf(wish, 'ready', current);
}

/** The link that a refusal says stands now, if it says so. Of another participant's it would be another one's. */
function standingOf(error: unknown): string | null | undefined {
  if (!(error instanceof ProblemError) || error.code === 'account_customers_differ') return undefined;
  return error.extra.current;
}

const keyOf = ({ accountId, userId }: LinkWish) => JSON.stringify([accountId, userId]);

/** Participants who are wished to more than one customer. Nobody can say which one is meant. */
function contradictions(wishes: readonly LinkWish[]): ReadonlySet<string> {
  const customers = new Map<string, Set<string>>();
  for (const wish of wishes)
    customers.set(keyOf(wish), (customers.get(keyOf(wish)) ?? new Set()).add(wish.customer));
  return new Set([...customers].flatMap(([name, { size }]) => (size > 1 ? [name] : [])));
}

const contradiction = (context: LinkManyContext, wish: LinkWish) =>
  refused(
    context,
    wish,
    null,
    new ProblemError('bad_request', {
      detail: 'The same participant is to be linked to different customers.',
      action: 'Keep one of them. Nothing was changed.',
    }),
  );

function outcomeOf(
  { accountId, userId, customer }: LinkWish,
  state: 'ready' | 'linked' | 'unchanged',
  current: string | null,
): LinkOutcome {
  return { accountId, userId, customer, state, current, problem: null };
}

function refused(
  { requestId, onError }: LinkManyContext,
  { accountId, userId, customer }: LinkWish,
  current: string | null,
  error: unknown,
): LinkOutcome {
  const problem = problemOf(error);
  if (problem.code === 'internal') onError(error);
  return { accountId, userId, customer, state: 'refused', current, problem: problem.toProblem(requestId) };
}

/** Several participants of an account are often linked to one customer: it is asked for once. */
function askedOnce<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (id) => {
    const answer = asked.get(id) ?? ask(id);
    asked.set(id, answer);
    return answer;
  };
}
