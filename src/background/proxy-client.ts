/** The proxy's routes as functions. Every answer is checked before anybody believes it. */
import * as v from 'valibot';
import { Problem, type ProblemCode, ProblemError } from '../contract/problems.ts';
import {
  ConnectAnswer,
  type CreditsRequest,
  CustomersAnswer,
  CustomerView,
  Lease,
  Outcome,
  PairAnswer,
  ParticipantDetail,
  type ParticipantKey,
  ParticipantsAnswer,
  RewardsPage,
  Session,
  Settings,
  type SettingsWrite,
  UnitsAnswer,
} from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { ndjson } from './ndjson.ts';

/** Chrome stops a worker whose fetch has no answer for 30 s, and a stopped worker can not even give up. */
const TIMES = { answer: 15_000, headers: 20_000, stall: 20_000 };

/** It was sent, or may have been, and nobody said what became of it. */
export class Unanswered extends ProblemError {}

type Options = {
  origin: string;
  token: string | null;
  fetch?: typeof fetch;
  times?: typeof TIMES;
  /** The proxy does not know this token (any more). */
  onRefused?: () => void | Promise<void>;
};
type Call = { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: unknown; signal: AbortSignal };

const unexpected = (detail: string, cause?: unknown) =>
  new ProblemError('proxy_unexpected', { detail, action: 'Check the address of the proxy.' }, { cause });

/** What does not go through must say why, else nobody could see it. */
const saysWhy = (of: { state: string; reason: unknown }) =>
  of.reason !== null || (of.state !== 'waiting' && of.state !== 'held');
const CheckedOutcome = v.pipe(
  Outcome,
  v.check((outcome) => outcome.state !== 'ready' && saysWhy(outcome)),
);
const CheckedPage = v.pipe(
  RewardsPage,
  v.check((page) => page.rewards.every(saysWhy)),
);

export function proxyClient({ origin, token, fetch: send = fetch, times = TIMES, onRefused }: Options) {
  async function call(path: string, { method = 'GET', body, signal }: Call): Promise<Response> {
    const headers = new Headers({ accept: 'application/json, application/x-ndjson' });
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    let response: Response;
    try {
      response = await send(`${origin}/v1${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal,
        cache: 'no-store',
        credentials: 'omit',
        // Following one would carry the token to another place.
        redirect: 'error',
      });
    } catch (cause) {
      if (signal.aborted) throw new Unanswered('proxy_unreachable', { detail: 'It did not answer in time.' });
      throw new ProblemError('proxy_unreachable', { detail: `Nothing answers at ${origin}.` }, { cause });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function refusal(response: Response): Promise<ProblemError> {
    const problem = v.safeParse(Problem, await response.json().catch(() => null));
    if (!problem.success) return unexpected(`It answered ${response.status} without saying why.`);
    const { code, detail, action, current } = problem.output;
    // Only in its own words: a gateway in front of the proxy may answer 401 for a minute without meaning us.
    if (code === 'unauthorized') await onRefused?.();
    const said = { detail, action, current };
    return new ProblemError(
      code,
      Object.fromEntries(Object.entries(said).filter(([, s]) => s !== undefined)),
    );
  }

  async function ask<S extends v.GenericSchema>(
    schema: S,
    path: string,
    rest: Omit<Call, 'signal'> = {},
  ): Promise<v.InferOutput<S>> {
    const signal = AbortSignal.timeout(times.answer);
    const response = await call(path, { ...rest, signal });
    let body: unknown;
    try {
      body = await response.json();
    } catch (cause) {
      if (signal.aborted)
        throw new Unanswered('proxy_unreachable', { detail: 'It did not finish its answer.' });
      throw unexpected('The answer is not JSON.', cause);
    }
    const answer = v.safeParse(schema, body);
    if (!answer.success)
      throw unexpected(`${v.getDotPath(answer.issues[0]) ?? 'The answer'} is not as agreed.`);
    return answer.output;
  }

  const query = (params: Record<string, string | undefined>) => {
    const given = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  };
  const who = ({ accountId, userId }: ParticipantKey) =>
    `participants/${encodeURIComponent(accountId)}/${encodeURIComponent(userId)}`;

  return {
    pair: (body: { code: string; browserName: string }) => ask(PairAnswer, '/pair', { method: 'POST', body }),
    session: () => ask(Session, '/session'),
    /** Gives the token up. */
    async leave(): Promise<void> {
      await call('/session', { method: 'DELETE', signal: AbortSignal.timeout(times.answer) });
    },
    connect: (mode: Mode) => ask(ConnectAnswer, `/connect/${mode}`, { method: 'POST' }),
    async disconnect(mode: Mode): Promise<void> {
      await call(`/connect/${mode}`, { method: 'DELETE', signal: AbortSignal.timeout(times.answer) });
    },
    saveSettings: (mode: Mode, body: v.InferInput<typeof SettingsWrite>) =>
      ask(Settings, `/${mode}/settings`, { method: 'PUT', body }),
    units: (mode: Mode) => ask(UnitsAnswer, `/${mode}/units`),
    lease: (mode: Mode) => ask(Lease, `/${mode}/lease`, { method: 'PUT' }),
    rewards: (mode: Mode, after: string | undefined) =>
      ask(CheckedPage, `/${mode}/rewards${query({ after })}`),

    customers: (mode: Mode, q: string, participant?: ParticipantKey) =>
      ask(CustomersAnswer, `/${mode}/customers${query({ q, ...participant })}`),
    createCustomer: (mode: Mode, body: ParticipantKey) =>
      ask(CustomerView, `/${mode}/customers`, { method: 'POST', body }),
    participants: (mode: Mode, q: string) => ask(ParticipantsAnswer, `/${mode}/participants${query({ q })}`),
    participant: (mode: Mode, key: ParticipantKey) => ask(ParticipantDetail, `/${mode}/${who(key)}`),
    link: (mode: Mode, key: ParticipantKey, body: { customer: string; previous: string | null }) =>
      ask(ParticipantDetail, `/${mode}/${who(key)}/link`, { method: 'PUT', body }),
    unlink: (mode: Mode, key: ParticipantKey, body: { previous: string }) =>
      ask(ParticipantDetail, `/${mode}/${who(key)}/link`, { method: 'DELETE', body }),

    /**
     * Outcomes as they become durable at the proxy. Throws `Unanswered` when the request may have been taken on
     * and the rest of the lines did not come, any other problem when the proxy answered that it was not.
     */
    async *credits(mode: Mode, body: CreditsRequest): AsyncGenerator<Outcome> {
      const giveUp = new AbortController();
      /** Counts only the time spent waiting for the proxy, not the time it takes us to settle what came. */
      const within = async <T>(ms: number, next: Promise<T>): Promise<T> => {
        const timer = setTimeout(() => giveUp.abort(), ms);
        return next.finally(() => clearTimeout(timer));
      };
      const request = call(`/${mode}/credits`, { method: 'POST', body, signal: giveUp.signal });
      const response = await within(times.headers, request);
      if (response.body === null)
        throw new Unanswered('proxy_unexpected', { detail: 'The answer is empty.' });
      try {
        for await (const line of ndjson(response.body, (next) => within(times.stall, next))) {
          const outcome = v.safeParse(CheckedOutcome, line);
          if (!outcome.success || !body.rewards.includes(outcome.output.reward)) {
            throw new SyntaxError('A line is not an outcome that was asked for.');
          }
          yield outcome.output;
        }
      } catch (cause) {
        const code: ProblemCode = cause instanceof SyntaxError ? 'proxy_unexpected' : 'proxy_unreachable';
        throw new Unanswered(code, { detail: 'Its answer broke off. The rest is asked again.' }, { cause });
      }
    },
  };
}
export type ProxyClient = ReturnType<typeof proxyClient>;
