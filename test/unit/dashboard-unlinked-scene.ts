/** A desk before a worker that a test plays: each question waits until the test answers it, or is answered at once. */
import type { LinkOutcome, LinkWish, Match, Unlinked } from '../../src/contract/linking.ts';
import type { Answers, MessageName, Request } from '../../src/contract/messages.ts';
import type { Candidate, ParticipantKey } from '../../src/contract/routes.ts';
import { createDesk } from '../../src/dashboard/unlinked/desk.ts';
import type { Ask } from '../../src/ui/ask.ts';

export const person = (name: string, more: Partial<Unlinked> = {}): Unlinked => ({
  accountId: `${name}@example.com`,
  userId: name,
  name,
  email: `${name}@example.com`,
  misspelt: null,
  rewards: 1,
  waiting: [{ amount: 1000, currency: 'USD' }],
  oldest: 1_790_000_000_000,
  ...more,
});
export const keyOf = ({ accountId, userId }: ParticipantKey): ParticipantKey => ({ accountId, userId });
export const whoOf = (one: ParticipantKey) => JSON.stringify([one.accountId, one.userId]);

export const candidate = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  name: `Name of ${id}`,
  email: `${id}@example.com`,
  currency: 'USD',
  credit: null,
  createdAt: 1_700_000_000_000,
  dashboardUrl: `https://dashboard.stripe.com/${id}`,
  evidence: ['email_exact'],
  warnings: [],
  newest: null,
  linkedTo: [],
  ...more,
});

/** As the proxy tells it: one candidate is sure, more are not. */
export const match = (key: ParticipantKey, ids: string[], more: Partial<Match> = {}): Match => ({
  ...keyOf(key),
  candidates: ids.map((id) => candidate(id)),
  sure: ids.length === 1 ? (ids[0] ?? null) : null,
  problem: null,
  ...more,
});

export const outcomeOf = (
  { accountId, userId, customer }: LinkWish,
  more: Partial<LinkOutcome> = {},
): LinkOutcome => ({
  ...{ accountId, userId, customer, current: customer, problem: null },
  state: 'linked',
  ...more,
});

type Told = { [N in MessageName]?: (request: Request<N>) => Answers[N] | Promise<Answers[N]> };

/** Everything that is not told fails the test. */
export function deskBefore(told: Told) {
  const asked: [MessageName, unknown][] = [];
  const ask: Ask = async <N extends MessageName>(name: N, request: Request<N>) => {
    asked.push([name, structuredClone(request)]);
    const answer: Told[N] = told[name];
    if (!answer) throw new Error(`Nothing was told for ${name}.`);
    return answer(request);
  };
  const to = <N extends MessageName>(name: N) =>
    asked.filter(([one]) => one === name).map(([, request]) => request as Request<N>);
  return { desk: createDesk(ask), told, asked, to };
}

/** Whatever was set off has been answered. */
export const settled = () => new Promise<void>((go) => setImmediate(() => go()));

/** A door that a test opens. */
export function gate<T>() {
  let open: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const opened = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open: (value: T) => open(value), fail: (error: Error) => fail(error) };
}
