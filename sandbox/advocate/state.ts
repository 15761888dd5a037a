import type { Mode } from '../../src/contract/words.ts';
import { MODES } from '../../src/contract/words.ts';
import type { Seed, SeedParticipant, SeedReward } from '../seed.ts';

export type FieldValue = string | number | boolean;
export type ParticipantKey = { accountId: string; id: string };

export type Participant = ParticipantKey & {
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  locale: string | null;
  countryCode: string | null;
  imageUrl: string | null;
  paymentProviderId: string | null;
  referable: boolean;
  referralCode: string;
  customFields: Record<string, FieldValue>;
  segments: string[];
  dateCreated: number;
  dateBlocked: number | null;
};

export type RewardType = 'CREDIT' | 'PCT_DISCOUNT' | 'FUELTANK' | 'INTEGRATION';
export type MetaStatus = 'SUCCESS' | 'WARN' | 'ERROR';
export type Meta = {
  status: MetaStatus;
  message: string | null;
  internalMessage: string | null;
  integrationService: string | null;
  customMeta: unknown;
  dateModified: number;
};

/** Whether a reward is available follows from these dates and amounts; it is stored nowhere. */
export type Reward = {
  id: string;
  type: RewardType;
  unit: string;
  /** Integer in the unit's minor unit. */
  value: number;
  redeemed: number;
  name: string | null;
  accountId: string;
  userId: string;
  rewardSource: 'FRIEND_SIGNUP' | 'MANUAL';
  cancellable: boolean;
  dateCreated: number;
  dateModified: number;
  dateScheduledFor: number | null;
  dateExpires: number | null;
  dateCancelled: number | null;
  dateRedeemed: number | null;
  datePendingForUsTax: number | null;
  datePendingForUnhandledError: number | null;
  meta: Meta | null;
};

/** One redemption; a redemption from the balance takes from several rewards. */
export type Redemption = {
  id: string;
  accountId: string;
  unit: string;
  creditRedeemed: number;
  dateRedeemed: number;
  parts: { rewardId: string; amount: number }[];
};

export type Integration = {
  service: string;
  name: string;
  enabled: boolean;
  config: Record<string, unknown>;
};
export type Subscription = { endpointUrl: string; name: string | null };
export type Delivery = {
  id: string;
  type: string;
  created: number;
  data: Record<string, unknown>;
  endpointUrl: string;
  attempts: { at: number; status: number | null }[];
};

/**
 * How `rewardUnitSettingsList` spells a currency unit, which the documentation leaves open: `STRIPE` with
 * `supportsCurrencies`, `STRIPE/USD`, or the older `t/CREDIT/u/STRIPE/USD`.
 */
export type UnitForm = 'key' | 'pair' | 'path';

/** What reads see; a lagging read sees an older copy of it. */
export type Records = {
  participants: Map<string, Participant>;
  rewards: Map<string, Reward>;
  redemptions: Redemption[];
};

export type Tenant = Records & {
  mode: Mode;
  alias: string;
  name: string;
  apiKey: string;
  accountSid: string;
  authToken: string;
  unitForm: UnitForm;
  units: { id: string; config: Record<string, unknown> }[];
  customFields: { key: string; name: string }[];
  integrations: Integration[];
  subscriptions: Map<string, Subscription>;
  deliveries: Delivery[];
  /** Copies for lagging reads: after each write, and only while somebody asked for lag. */
  history: { at: number; records: Records }[] | null;
};

const DAY = 86_400_000;
const SCHEDULED_AFTER_DAYS = 14;

export const participantKey = ({ accountId, id }: ParticipantKey) => JSON.stringify([accountId, id]);

export function copyRecords({ participants, rewards, redemptions }: Records): Records {
  return structuredClone({ participants, rewards, redemptions });
}

/** To be called after every write. */
export function remember(tenant: Tenant, now: number): void {
  tenant.history?.push({ at: now, records: copyRecords(tenant) });
}

function participantFromSeed(seed: SeedParticipant, now: number): Participant {
  const { accountId, id, firstName, lastName, email } = seed;
  return {
    accountId,
    id,
    firstName,
    lastName,
    email,
    locale: 'en_US',
    countryCode: null,
    imageUrl: null,
    paymentProviderId: null,
    referable: true,
    referralCode: `${(firstName ?? 'FRIEND').toUpperCase()}${id.length}${id.charCodeAt(0)}`,
    customFields: { ...seed.customFields },
    segments: [],
    dateCreated: now - seed.createdDaysAgo * DAY,
    dateBlocked: seed.blocked ? now - DAY : null,
  };
}

function rewardFromSeed(seed: SeedReward, owner: ParticipantKey, now: number): Reward {
  const earned = Math.round(now - seed.earnedDaysAgo * DAY);
  // A little after it was earned, and never later than now.
  const changed = Math.round(
    seed.changedDaysAgo === undefined
      ? earned + Math.min(DAY, (now - earned) / 2)
      : now - seed.changedDaysAgo * DAY,
  );
  const is = (status: SeedReward['status']) => seed.status === status;
  const pendingFor = (reason: SeedReward['pendingReason']) => is('pending') && seed.pendingReason === reason;
  return {
    id: seed.id,
    type: seed.type ?? 'CREDIT',
    unit: seed.unit,
    value: seed.amount,
    redeemed: is('redeemed') ? seed.amount : is('partly') ? (seed.redeemed ?? 0) : 0,
    name: seed.name ?? null,
    accountId: owner.accountId,
    userId: owner.id,
    rewardSource: 'FRIEND_SIGNUP',
    cancellable: true,
    dateCreated: earned,
    dateModified: is('available') || is('pending') ? earned : changed,
    dateScheduledFor: pendingFor('SCHEDULED')
      ? now + (seed.scheduledInDays ?? SCHEDULED_AFTER_DAYS) * DAY
      : null,
    dateExpires: is('expired') ? changed : seed.expiresInDays ? now + seed.expiresInDays * DAY : null,
    dateCancelled: is('cancelled') ? changed : null,
    dateRedeemed: is('redeemed') ? changed : null,
    datePendingForUsTax: pendingFor('US_TAX') ? earned : null,
    datePendingForUnhandledError: pendingFor('UNHANDLED_ERROR') ? earned : null,
    meta: seed.meta
      ? {
          status: seed.meta.status,
          message: seed.meta.message,
          internalMessage: null,
          integrationService: seed.meta.integration,
          customMeta: null,
          dateModified: earned,
        }
      : seed.note
        ? {
            status: 'SUCCESS',
            message: seed.note.message,
            internalMessage: null,
            integrationService: null,
            customMeta: seed.note.customMeta,
            dateModified: changed,
          }
        : null,
  };
}

/** Redemptions that happened before the sandbox started. */
function redemptionFromSeed(reward: Reward): Redemption {
  return {
    id: `${reward.id.slice(0, 20)}0001`,
    accountId: reward.accountId,
    unit: reward.unit,
    creditRedeemed: reward.redeemed,
    dateRedeemed: reward.dateModified,
    parts: [{ rewardId: reward.id, amount: reward.redeemed }],
  };
}

function tenantFromSeed(seed: Seed, mode: Mode, now: number): Tenant {
  const { advocate } = seed;
  const here = <T extends { mode: Mode }>(rows: T[]) => structuredClone(rows.filter((r) => r.mode === mode));
  const people = here(advocate.participants);
  const rewards = people.flatMap((p) => (p.rewards ?? []).map((r) => rewardFromSeed(r, p, now)));
  return {
    ...advocate.tenants[mode],
    mode,
    unitForm: 'key',
    participants: new Map(people.map((p) => [participantKey(p), participantFromSeed(p, now)])),
    rewards: new Map(rewards.map((r) => [r.id, r])),
    redemptions: rewards.filter((r) => r.redeemed > 0).map(redemptionFromSeed),
    units: here(advocate.units).map(({ id, config }) => ({ id, config })),
    customFields: here(advocate.customFields).map(({ key, name }) => ({ key, name })),
    integrations: here(advocate.integrations),
    subscriptions: new Map(),
    deliveries: [],
    history: null,
  };
}

export function tenantsFromSeed(seed: Seed, now: number): Record<Mode, Tenant> {
  const [test, live] = MODES.map((mode) => tenantFromSeed(seed, mode, now));
  if (!test || !live) throw new Error('The seed has no tenant for a mode.');
  return { test, live };
}
