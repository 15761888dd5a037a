/**
 * What the extension's parts ask of the background worker: one object, read in a minute. The worker checks who
 * asks (the browser's stamp on the sender, not the message) and what is asked (these schemas).
 */
import * as v from 'valibot';
import { type AuditPage, AuditQuery } from './audit.ts';
import type { Health } from './health.ts';
import { type DeedAnswer, HoldsRequest, RetryRequest } from './holds.ts';
import type { LandingAnswer } from './landing.ts';
import { type LedgerPage, LedgerQuery, type RewardStory } from './ledger.ts';
import {
  type LinkOutcome,
  type LinksPage,
  LinksRequest,
  type MatchesAnswer,
  MatchesRequest,
  PageQuery,
  type UnlinkedPage,
} from './linking.ts';
import { type Overview, OverviewQuery } from './overview.ts';
import type { Problem } from './problems.ts';
import { type QueuePage, QueuePageQuery } from './queue-page.ts';
import { QuietAnswer } from './quiet-hours.ts';
import type { Action, Facts, Reason } from './reasons.ts';
import type { ReconcileLine, ReconcileSummary } from './reconciliation.ts';
import { ReversalRequest, type ReversalsPage, ReversalsQuery, type ReversalView } from './reversals.ts';
import {
  BackfillRequest,
  CustomerId,
  type CustomersAnswer,
  type CustomerView,
  type Lease,
  type Money as MoneySchema,
  type Outcome,
  type ParticipantDetail,
  ParticipantKey,
  type ParticipantsAnswer,
  RewardId,
  type Session,
  SettingsBody,
  type UnitsAnswer,
} from './routes.ts';
import { type Looked, LookedRequest } from './setup.ts';
import { BrowserId, type Invitation, InviteRequest, type Team } from './team.ts';
import { MODES, type Mode, type QueueState, type Role } from './words.ts';

type Money = v.InferOutput<typeof MoneySchema>;
const text = (max: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max));
const nothing = v.strictObject({});
const mode = v.picklist(MODES);

/** Own pages (popup, dashboard) may ask everything; a content script only what `content: true` stands beside. */
export const MESSAGES = {
  /** Everything the popup paints, from what the worker already knows. */
  state: { request: nothing, content: false },
  /** The same after asking the proxy. */
  refresh: { request: nothing, content: false },
  pair: { request: v.strictObject({ proxy: text(300), code: text(64) }), content: false },
  unpair: { request: nothing, content: false },
  chooseMode: { request: v.strictObject({ mode }), content: false },
  /** What a step of set-up that changes nothing has found. */
  looked: { request: LookedRequest, content: false },
  /** When this browser shows no notifications. */
  quietHours: { request: nothing, content: false },
  saveQuietHours: { request: QuietAnswer, content: false },
  /** Answers the address at Stripe where the admin grants access. */
  connect: { request: nothing, content: false },
  disconnect: { request: nothing, content: false },
  units: { request: nothing, content: false },
  saveSettings: { request: v.strictObject({ version: v.number(), ...SettingsBody.entries }), content: false },
  /** Find, credit, redeem, note: now instead of at the next alarm. */
  run: { request: nothing, content: false },
  retry: { request: v.strictObject({ reward: RewardId }), content: false },
  confirmCurrency: { request: v.strictObject({ reward: RewardId }), content: false },
  releaseCap: { request: v.strictObject({ reward: RewardId }), content: false },
  /** What `retry` does, for many. */
  retryRewards: { request: RetryRequest, content: false },
  /** Holds back, dismisses or releases rewards that were not claimed yet. */
  holdRewards: { request: HoldsRequest, content: false },
  /** Pays what was earned before its unit was added. */
  confirmBackfill: { request: BackfillRequest, content: false },
  /** What would happen to these rewards, with nothing changed anywhere. */
  preview: {
    request: v.strictObject({ rewards: v.pipe(v.array(RewardId), v.minLength(1), v.maxLength(100)) }),
    content: false,
  },
  reversals: { request: ReversalsQuery, content: false },
  /** One reversal, with what is unspent now. */
  reversal: { request: v.strictObject({ reward: RewardId }), content: false },
  reverse: { request: ReversalRequest, content: false },
  dismissReversal: { request: v.strictObject({ reward: RewardId }), content: false },
  audit: { request: AuditQuery, content: false },
  /** Reads everything, so it may take minutes. */
  reconcile: { request: nothing, content: false },
  overview: { request: OverviewQuery, content: false },
  ledger: { request: LedgerQuery, content: false },
  /** A page of what this browser has found and nobody claimed yet. Asks nobody. */
  queuePage: { request: QueuePageQuery, content: false },
  /** One reward from beginning to end. */
  story: { request: v.strictObject({ reward: RewardId }), content: false },
  rewardLanding: { request: v.strictObject({ reward: RewardId }), content: false },
  health: { request: nothing, content: false },
  team: { request: nothing, content: false },
  invite: { request: InviteRequest, content: false },
  removeMember: { request: v.strictObject({ browser: BrowserId }), content: false },
  /** A page of the participants whose rewards wait for a link, oldest money first. */
  unlinked: { request: PageQuery, content: false },
  matches: { request: MatchesRequest, content: false },
  linkMany: { request: LinksRequest, content: false },
  /** A page of all participants with their links. */
  links: { request: PageQuery, content: false },

  /** The mode and role a card shows; null when this browser is not paired. */
  desk: { request: nothing, content: true },
  participants: { request: v.strictObject({ q: text(255) }), content: true },
  participant: { request: ParticipantKey, content: true },
  /** Which invoices used this participant's credits, and what is left. */
  landing: { request: ParticipantKey, content: true },
  customers: {
    request: v.strictObject({ q: text(200), participant: v.optional(ParticipantKey) }),
    content: true,
  },
  createCustomer: { request: ParticipantKey, content: true },
  link: {
    request: v.strictObject({
      ...ParticipantKey.entries,
      customer: CustomerId,
      previous: v.nullable(v.string()),
    }),
    content: true,
  },
  unlink: { request: v.strictObject({ ...ParticipantKey.entries, previous: v.string() }), content: true },
} as const;

export type MessageName = keyof typeof MESSAGES;
export type Request<N extends MessageName> = v.InferInput<(typeof MESSAGES)[N]['request']>;

export type HeldReward = {
  reward: string;
  participant: ParticipantKey;
  money: Money | null;
  unit: string;
  reason: Reason;
  facts: Facts;
  action: Action | null;
  since: number;
};
export type WaitingGroup = {
  reason: Reason;
  facts: Facts;
  count: number;
  sums: Money[];
  /** When the first of them is tried again by itself; null where only an event moves them on. */
  nextTry: number | null;
  /** Where a person can let them through one by one: the oldest 50. */
  oldest?: HeldReward[];
};
export type QueueSummary = {
  counts: Record<QueueState, number>;
  /** Credited or redeemed since midnight, local time, per currency. */
  creditedToday: Money[];
  waiting: WaitingGroup[];
  /** The oldest 50; `counts.held` has them all. */
  held: HeldReward[];
  oldestWaiting: { since: number; reason: Reason } | null;
};

export type PopupState = {
  paired: { proxy: string; role: Role; browserName: string } | null;
  mode: Mode;
  /** Last answer of the proxy, and when. */
  session: Session | null;
  sessionAt: number | null;
  /** Why the last try to reach the proxy, or to run, failed. */
  problem: Problem | null;
  queue: QueueSummary;
  running: boolean;
  lastRun: { at: number; found: number; credited: number } | null;
  nextRunAt: number | null;
  looked: Looked;
  /** When the proxy last told by itself that something is new, since the browser started. */
  hintAt: number | null;
};

export type Desk = {
  mode: Mode;
  role: Role;
  lease: Lease | null;
  /** Advocate’s tenant of each mode, so that a card is never put on a page of the other one. */
  tenants: Record<Mode, string | null>;
} | null;

export type Answers = {
  state: PopupState;
  refresh: PopupState;
  pair: PopupState;
  unpair: PopupState;
  chooseMode: PopupState;
  looked: PopupState;
  quietHours: QuietAnswer;
  saveQuietHours: QuietAnswer;
  connect: { url: string };
  disconnect: PopupState;
  units: UnitsAnswer;
  saveSettings: PopupState;
  run: PopupState;
  retry: PopupState;
  confirmCurrency: PopupState;
  releaseCap: PopupState;
  retryRewards: DeedAnswer;
  holdRewards: DeedAnswer;
  confirmBackfill: PopupState;
  preview: { outcomes: Outcome[] };
  reversals: ReversalsPage;
  reversal: ReversalView;
  reverse: ReversalView;
  dismissReversal: ReversalView;
  audit: AuditPage;
  /** The first 500 differences; the summary counts them all. */
  reconcile: { summary: ReconcileSummary; differences: ReconcileLine[] };
  overview: Overview;
  ledger: LedgerPage;
  queuePage: QueuePage;
  story: RewardStory;
  rewardLanding: LandingAnswer;
  health: Health;
  team: Team;
  /** Its code is shown once. */
  invite: Invitation;
  removeMember: Team;
  unlinked: UnlinkedPage;
  matches: MatchesAnswer;
  linkMany: { outcomes: LinkOutcome[] };
  links: LinksPage;
  desk: Desk;
  participants: ParticipantsAnswer;
  participant: ParticipantDetail;
  landing: LandingAnswer;
  customers: CustomersAnswer;
  createCustomer: CustomerView;
  link: ParticipantDetail;
  unlink: ParticipantDetail;
};

export type Reply<N extends MessageName = MessageName> =
  | { ok: true; value: Answers[N] }
  | { ok: false; problem: Problem };

/** Sent by the worker to open extension pages when the state they show has changed. No answer. */
export type StateChanged = { name: 'stateChanged'; state: PopupState };
