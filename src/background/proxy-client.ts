/** The proxy's routes as functions. Every answer is checked before anybody believes it. */
import { hc } from 'hono/client';
import * as v from 'valibot';
import { AuditPage, type AuditQuery } from '../contract/audit.ts';
import { Health } from '../contract/health.ts';
import { DeedAnswer, type HoldsRequest } from '../contract/holds.ts';
import { LandingAnswer } from '../contract/landing.ts';
import { LedgerPage, type LedgerQuery, RewardStory } from '../contract/ledger.ts';
import {
  type LinkOutcome,
  LinksPage,
  type LinksRequest,
  MatchesAnswer,
  type MatchesRequest,
  type PageQuery,
  UnlinkedPage,
} from '../contract/linking.ts';
import type { Answers } from '../contract/messages.ts';
import { Overview, type OverviewQuery } from '../contract/overview.ts';
import { Problem, type ProblemCode, ProblemError } from '../contract/problems.ts';
import {
  type ReversalRequest,
  ReversalsPage,
  type ReversalsQuery,
  ReversalView,
} from '../contract/reversals.ts';
import {
  type BackfillRequest,
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
  TokenAnswer,
  UnitsAnswer,
} from '../contract/routes.ts';
import { Invitation, Team } from '../contract/team.ts';
import type { Mode, Role } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import type { AppType } from '../proxy/app.ts';
import { readLinkOutcomes } from './link-outcomes.ts';
import { ndjson } from './ndjson.ts';
import { readReconciliation } from './reconciliation.ts';

/** Chrome stops a worker whose fetch has no answer for 30 s, and a stopped worker can not even give up. */
const TIMES = { answer: 15_000, slow: 25_000, headers: 20_000, stall: 20_000 };

/** It was sent, or may have been, and nobody said what became of it. */
export class Unanswered extends ProblemError {}

type Options = {
  origin: string;
  token: string | null;
  fetch?: typeof fetch;
  times?: Partial<typeof TIMES>;
  /** The proxy does not know this token (any more). */
  onRefused?: () => void | Promise<void>;
};

const unexpected = (detail: string, cause?: unknown) =>
  new ProblemError('proxy_unexpected', { detail, ...told({ action: say('ui_check_address') }) }, { cause });

/** What does not go through must say why, else nobody could see it. */
const saysWhy = (of: { state: string; reason: unknown }) =>
  of.reason !== null || (of.state !== 'waiting' && of.state !== 'held');
const Foreseen = v.pipe(
  Outcome,
  v.check((outcome) => saysWhy(outcome)),
);
/** Only a dry run leaves a reward ready. */
const CheckedOutcome = v.pipe(
  Foreseen,
  v.check((outcome) => outcome.state !== 'ready'),
);
const CheckedPage = v.pipe(
  RewardsPage,
  v.check((page) => page.rewards.every(saysWhy)),
);

const hex = (bytes: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

export function proxyClient({ origin, token, fetch: send = fetch, times: own, onRefused }: Options) {
  const times = { ...TIMES, ...own };
  /** One client is made for one deed, whose requests can be told by it in the proxy’s log. */
  const traceId = hex(16);
  /** What every request carries, and what becomes of one that has no answer. */
  const guarded: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('accept', 'application/json, application/x-ndjson');
    const requestId = crypto.randomUUID();
    headers.set('x-request-id', requestId);
    headers.set('traceparent', `00-${traceId}-${hex(8)}-01`);
    if (token !== null) headers.set('authorization', `Bearer ${token}`);
    let response: Response;
    try {
      // Following a redirect would carry the token to another place.
      response = await send(input, {
        ...init,
        headers,
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
      });
    } catch (cause) {
      if (init?.signal?.aborted)
        throw new Unanswered('proxy_unreachable', { ...told({ detail: say('ui_too_late') }), requestId });
      throw new ProblemError(
        'proxy_unreachable',
        { ...told({ detail: say('ui_nothing_answers', { origin }) }), requestId },
        { cause },
      );
    }
    if (!response.ok) throw await refusal(response);
    return response;
  };
  const { v1 } = hc<AppType>(origin, { fetch: guarded });

  async function refusal(response: Response): Promise<ProblemError> {
    const problem = v.safeParse(Problem, await response.json().catch(() => null));
    if (!problem.success) return unexpected(`It answered ${response.status} without saying why.`);
    const { code, detail, action, current, requestId } = problem.output;
    // Only in its own words: a gateway in front of the proxy may answer 401 for a minute without meaning us.
    if (code === 'unauthorized') await onRefused?.();
    const said = { detail, action, current, requestId };
    return new ProblemError(
      code,
      Object.fromEntries(Object.entries(said).filter(([, s]) => s !== undefined)),
    );
  }

  async function ask<S extends v.GenericSchema>(
    schema: S,
    request: (options: { init: { signal: AbortSignal } }) => Promise<{ json(): Promise<unknown> }>,
    within = times.answer,
  ): Promise<v.InferOutput<S>> {
    const signal = AbortSignal.timeout(within);
    const response = await request({ init: { signal } });
    let body: unknown;
    try {
      body = await response.json();
    } catch (cause) {
      if (signal.aborted) throw new Unanswered('proxy_unreachable', told({ detail: say('ui_unfinished') }));
      throw unexpected('The answer is not JSON.', cause);
    }
    const answer = v.safeParse(schema, body);
    if (!answer.success)
      throw unexpected(`${v.getDotPath(answer.issues[0]) ?? 'The answer'} is not as agreed.`);
    return answer.output;
  }

  const inMode = v1[':mode'];
  const person = inMode.participants[':accountId'][':userId'];
  /** Hono's client puts parameters into the path as they are, and ids are often e-mail addresses. */
  const who = (mode: Mode, { accountId, userId }: ParticipantKey) => ({
    mode,
    accountId: encodeURIComponent(accountId),
    userId: encodeURIComponent(userId),
  });

  async function* outcomes(
    mode: Mode,
    body: CreditsRequest,
    schema: typeof Foreseen | typeof CheckedOutcome,
  ): AsyncGenerator<Outcome> {
    const giveUp = new AbortController();
    /** Counts only the time spent waiting for the proxy, not the time it takes us to settle what came. */
    const within = async <T>(ms: number, next: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => giveUp.abort(), ms);
      return next.finally(() => clearTimeout(timer));
    };
    const request = inMode.credits.$post(
      { param: { mode }, json: body },
      { init: { signal: giveUp.signal } },
    );
    const response = await within(times.headers, request);
    if (response.body === null) throw new Unanswered('proxy_unexpected', { detail: 'The answer is empty.' });
    try {
      for await (const line of ndjson(response.body, (next) => within(times.stall, next))) {
        const outcome = v.safeParse(schema, line);
        if (!outcome.success || !body.rewards.includes(outcome.output.reward)) {
          throw new SyntaxError('A line is not an outcome that was asked for.');
        }
        yield outcome.output;
      }
    } catch (cause) {
      const code: ProblemCode = cause instanceof SyntaxError ? 'proxy_unexpected' : 'proxy_unreachable';
      throw new Unanswered(code, told({ detail: say('ui_broke_off_rest') }), { cause });
    }
  }

  async function linkMany(mode: Mode, json: LinksRequest): Promise<LinkOutcome[]> {
    const giveUp = new AbortController();
    const within = async <T>(ms: number, next: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => giveUp.abort(), ms);
      return next.finally(() => clearTimeout(timer));
    };
    const request = inMode.links.$post({ param: { mode }, json }, { init: { signal: giveUp.signal } });
    const response = await within(times.headers, request);
    if (response.body === null) throw new Unanswered('proxy_unexpected', { detail: 'The answer is empty.' });
    try {
      return await readLinkOutcomes(
        ndjson(response.body, (next) => within(times.stall, next)),
        json,
      );
    } catch (cause) {
      const code: ProblemCode = cause instanceof SyntaxError ? 'proxy_unexpected' : 'proxy_unreachable';
      throw new Unanswered(code, told({ detail: say('ui_broke_off_again') }), { cause });
    }
  }

  return {
    pair: (json: { code: string; browserName: string }) => ask(PairAnswer, (o) => v1.pair.$post({ json }, o)),
    /** Gives the token up. */
    async leave(): Promise<void> {
      await v1.session.$delete({}, { init: { signal: AbortSignal.timeout(times.answer) } });
    },
    /** A new token beside the present one. */
    renewToken: () => ask(TokenAnswer, (o) => v1.session.token.$post({}, o)),
    session: () => ask(Session, (o) => v1.session.$get({}, o)),
    connect: (mode: Mode) => ask(ConnectAnswer, (o) => v1.connect[':mode'].$post({ param: { mode } }, o)),
    async disconnect(mode: Mode): Promise<void> {
      await v1.connect[':mode'].$delete(
        { param: { mode } },
        { init: { signal: AbortSignal.timeout(times.answer) } },
      );
    },
    saveSettings: (mode: Mode, json: v.InferInput<typeof SettingsWrite>) =>
      ask(Settings, (o) => inMode.settings.$put({ param: { mode }, json }, o)),
    confirmBackfill: (mode: Mode, json: BackfillRequest) =>
      ask(Settings, (o) => inMode.backfill.$post({ param: { mode }, json }, o)),
    units: (mode: Mode) => ask(UnitsAnswer, (o) => inMode.units.$get({ param: { mode } }, o)),
    audit: (query: v.InferOutput<typeof AuditQuery>) => ask(AuditPage, (o) => v1.audit.$get({ query }, o)),
    lease: (mode: Mode) => ask(Lease, (o) => inMode.lease.$put({ param: { mode } }, o)),
    rewards: (mode: Mode, after: string | undefined) =>
      ask(CheckedPage, (o) =>
        inMode.rewards.$get({ param: { mode }, query: after === undefined ? {} : { after } }, o),
      ),

    /** One step at the proxy for each reward. */
    holds: (mode: Mode, json: HoldsRequest) =>
      ask(DeedAnswer, (o) => inMode.holds.$post({ param: { mode }, json }, o), times.slow),

    customers: (mode: Mode, q: string, participant?: ParticipantKey) =>
      ask(CustomersAnswer, (o) =>
        inMode.customers.$get({ param: { mode }, query: { q, ...participant } }, o),
      ),
    createCustomer: (mode: Mode, json: ParticipantKey) =>
      ask(CustomerView, (o) => inMode.customers.$post({ param: { mode }, json }, o)),
    participants: (mode: Mode, q: string) =>
      ask(ParticipantsAnswer, (o) => inMode.participants.$get({ param: { mode }, query: { q } }, o)),
    participant: (mode: Mode, key: ParticipantKey) =>
      ask(ParticipantDetail, (o) => person.$get({ param: who(mode, key) }, o)),
    link: (mode: Mode, key: ParticipantKey, json: { customer: string; previous: string | null }) =>
      ask(ParticipantDetail, (o) => person.link.$put({ param: who(mode, key), json }, o)),
    unlink: (mode: Mode, key: ParticipantKey, json: { previous: string }) =>
      ask(ParticipantDetail, (o) => person.link.$delete({ param: who(mode, key), json }, o)),

    overview: (mode: Mode, query: v.InferOutput<typeof OverviewQuery>) =>
      ask(Overview, (o) => inMode.overview.$get({ param: { mode }, query }, o)),
    ledger: (mode: Mode, query: LedgerQuery) =>
      ask(LedgerPage, (o) => inMode.ledger.$get({ param: { mode }, query }, o)),
    story: (mode: Mode, reward: string) =>
      ask(RewardStory, (o) => inMode.rewards[':reward'].$get({ param: { mode, reward } }, o)),
    rewardLanding: (mode: Mode, reward: string) =>
      ask(
        LandingAnswer,
        (o) => inMode.rewards[':reward'].landing.$get({ param: { mode, reward } }, o),
        times.slow,
      ),
    landing: (mode: Mode, key: ParticipantKey) =>
      ask(LandingAnswer, (o) => person.landing.$get({ param: who(mode, key) }, o), times.slow),
    health: (mode: Mode) => ask(Health, (o) => inMode.health.$get({ param: { mode } }, o)),
    team: () => ask(Team, (o) => v1.team.$get({}, o)),
    invite: (role: Role) => ask(Invitation, (o) => v1.team.invitations.$post({ json: { role } }, o)),
    removeMember: (browser: string) =>
      ask(Team, (o) => v1.team[':browser'].$delete({ param: { browser } }, o)),

    unlinked: (mode: Mode, query: v.InferOutput<typeof PageQuery>) =>
      ask(UnlinkedPage, (o) => inMode.unlinked.$get({ param: { mode }, query }, o), times.slow),
    /** Several calls to Stripe for each participant. */
    matches: (mode: Mode, json: v.InferOutput<typeof MatchesRequest>) =>
      ask(MatchesAnswer, (o) => inMode.matches.$post({ param: { mode }, json }, o), times.slow),
    linkMany,
    links: (mode: Mode, query: v.InferOutput<typeof PageQuery>) =>
      ask(LinksPage, (o) => inMode.links.$get({ param: { mode }, query }, o), times.slow),

    reversals: (mode: Mode, query: v.InferOutput<typeof ReversalsQuery>) =>
      ask(ReversalsPage, (o) => inMode.reversals.$get({ param: { mode }, query }, o)),
    reversal: (mode: Mode, reward: string) =>
      ask(ReversalView, (o) => inMode.reversals[':reward'].$get({ param: { mode, reward } }, o)),
    reverse: (mode: Mode, json: ReversalRequest) =>
      ask(ReversalView, (o) => inMode.reversals.$post({ param: { mode }, json }, o)),
    dismissReversal: (mode: Mode, reward: string) =>
      ask(ReversalView, (o) => inMode.reversals[':reward'].dismiss.$post({ param: { mode, reward } }, o)),

    /**
     * Outcomes as they become durable at the proxy. Throws `Unanswered` when the request may have been taken on
     * and the rest of the lines did not come, any other problem when the proxy answered that it was not.
     */
    credits: (mode: Mode, body: CreditsRequest) => outcomes(mode, body, CheckedOutcome),

    /** What would happen to them, with nothing changed anywhere. */
    async preview(mode: Mode, body: CreditsRequest): Promise<Outcome[]> {
      const foreseen: Outcome[] = [];
      for await (const one of outcomes(mode, { ...body, dryRun: true }, Foreseen)) foreseen.push(one);
      return foreseen;
    },

    /** Reads everything there is, so it may take minutes; only silence ends it. */
    async reconcile(mode: Mode): Promise<Answers['reconcile']> {
      const giveUp = new AbortController();
      const within = async <T>(ms: number, next: Promise<T>): Promise<T> => {
        const timer = setTimeout(() => giveUp.abort(), ms);
        return next.finally(() => clearTimeout(timer));
      };
      const request = inMode.reconciliation.$get({ param: { mode } }, { init: { signal: giveUp.signal } });
      const response = await within(times.headers, request);
      if (response.body === null) throw unexpected('The answer is empty.');
      try {
        return await readReconciliation(ndjson(response.body, (next) => within(times.stall, next)));
      } catch (cause) {
        if (cause instanceof ProblemError) throw cause;
        if (cause instanceof SyntaxError) throw unexpected(cause.message, cause);
        throw new ProblemError('proxy_unreachable', told({ detail: say('ui_broke_off') }), { cause });
      }
    },
  };
}
export type ProxyClient = ReturnType<typeof proxyClient>;
