import type { AskIn } from '../../src/content/ask.ts';
import type { Answers, MessageName, Reply, Request } from '../../src/contract/messages.ts';
import type { Problem } from '../../src/contract/problems.ts';
import type {
  Candidate,
  CustomerView,
  ParticipantDetail,
  ParticipantView,
  RewardSeen,
} from '../../src/contract/routes.ts';
import type { Mode } from '../../src/contract/words.ts';

export const ann: ParticipantView = {
  accountId: 'house',
  userId: 'ann',
  name: 'Ann Archer',
  email: 'ann@example.com',
  link: null,
};

export const reward = (id: string, part: Partial<RewardSeen> = {}): RewardSeen => ({
  id,
  accountId: 'house',
  userId: 'ann',
  unit: 'STRIPE/USD',
  money: { amount: 2000, currency: 'USD' },
  state: 'waiting',
  reason: 'not_linked',
  facts: {},
  earnedAt: 0,
  ...part,
});

export const customer = (id: string, part: Partial<CustomerView> = {}): CustomerView => ({
  id,
  name: 'Ann Archer',
  email: 'ann@example.com',
  currency: 'USD',
  credit: { amount: 1500, currency: 'USD' },
  createdAt: Date.UTC(2024, 4, 3),
  dashboardUrl: `https://dashboard.stripe.com/test/customers/${id}`,
  ...part,
});

export const candidate = (id: string, part: Partial<Candidate> = {}): Candidate => ({
  ...customer(id),
  evidence: ['email_exact'],
  warnings: [],
  newest: null,
  linkedTo: [],
  ...part,
});

export const detail = (part: Partial<ParticipantDetail> = {}): ParticipantDetail => ({
  ...ann,
  customer: null,
  linkProblem: null,
  facts: {},
  rewards: [reward('r1'), reward('r2'), reward('r3')],
  credited: [],
  ...part,
});

export const linkedTo = (id: string, part: Partial<ParticipantDetail> = {}): ParticipantDetail =>
  detail({
    link: id,
    customer: customer(id),
    rewards: [reward('r1', { state: 'ready', reason: null })],
    ...part,
  });

export const problem = (code: Problem['code'], part: Partial<Problem> = {}): Problem => ({
  type: 'about:blank',
  code,
  title: `Title of ${code}.`,
  status: 409,
  ...part,
});

type Handlers = { [N in MessageName]?: (request: Request<N>) => Answers[N] | Problem };

/** A worker that answers from a table and remembers what it was asked. */
export function worker(handlers: Handlers): {
  ask: AskIn;
  asked: [MessageName, unknown][];
  modes: (Mode | undefined)[];
} {
  const modes: (Mode | undefined)[] = [];
  const asked: [MessageName, unknown][] = [];
  const standard: Handlers = {
    desk: () => ({
      mode: 'test',
      role: 'support',
      lease: null,
      tenants: { test: 'acme_test', live: 'acme' },
    }),
    participants: () => ({ participants: [ann] }),
    participant: () => detail(),
    customers: () => ({ candidates: [] }),
    landing: () => ({ credits: [], more: false }),
  };
  const all: Handlers = { ...standard, ...handlers };
  const ask: AskIn = async <N extends MessageName>(
    name: N,
    request: Request<N>,
    mode?: Mode,
  ): Promise<Reply<N>> => {
    asked.push([name, request]);
    modes.push(mode);
    const answer = all[name]?.(request);
    if (answer === undefined) throw new Error(`The test has no answer to ${name}.`);
    return isProblem(answer) ? { ok: false, problem: answer } : { ok: true, value: answer };
  };
  return { ask, asked, modes };
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === 'object' && answer !== null && 'type' in answer && answer.type === 'about:blank';
}
