import { randomBytes } from 'node:crypto';
import { ofAccounts } from './account-index.ts';
import { badRequest, notFound } from './errors.ts';
import type { Participant, ParticipantKey, Records, Redemption, Reward, Tenant } from './state.ts';
import { mayBe, splitUnit } from './units.ts';

export type Status = 'PENDING' | 'CANCELLED' | 'EXPIRED' | 'REDEEMED' | 'AVAILABLE';
export type PendingReason = 'SCHEDULED' | 'UNHANDLED_ERROR' | 'US_TAX';

export const newId = () => randomBytes(12).toString('hex');

const reached = (date: number | null, at: number) => date !== null && date <= at;

export function pendingReasons(reward: Reward, at: number): PendingReason[] {
  const reasons: PendingReason[] = [];
  if (reward.dateScheduledFor !== null && reward.dateScheduledFor > at) reasons.push('SCHEDULED');
  if (reward.datePendingForUnhandledError !== null) reasons.push('UNHANDLED_ERROR');
  if (reward.datePendingForUsTax !== null) reasons.push('US_TAX');
  return reasons;
}

/** A list: a reward can be, say, pending and cancelled at once. */
export function statuses(reward: Reward, at: number): Status[] {
  const found: Status[] = [];
  if (pendingReasons(reward, at).length > 0) found.push('PENDING');
  if (reached(reward.dateCancelled, at)) found.push('CANCELLED');
  if (reached(reward.dateExpires, at) && reward.redeemed < reward.value) found.push('EXPIRED');
  if (reward.type === 'CREDIT' && reward.redeemed >= reward.value) found.push('REDEEMED');
  return found.length > 0 ? found : ['AVAILABLE'];
}

export const isAvailable = (reward: Reward, at: number) => statuses(reward, at).includes('AVAILABLE');

export const availableValue = (reward: Reward, at: number) =>
  isAvailable(reward, at) ? reward.value - reward.redeemed : 0;

/** Null while pending. */
export const dateGiven = (reward: Reward, at: number) =>
  pendingReasons(reward, at).length > 0 ? null : (reward.dateScheduledFor ?? reward.dateCreated);

export function findReward(records: Records, id: string): Reward {
  const reward = records.rewards.get(id);
  if (!reward) throw notFound(`There is no reward ${id}.`);
  return reward;
}

/** What an account has to spend in one unit: rewards belong to the account, not to one of its participants. */
export function accountCredit(records: Records, accountId: string, unit: string, at: number): number {
  return pool(records, accountId, unit, at).reduce((sum, r) => sum + availableValue(r, at), 0);
}

function pool(records: Records, accountId: string, unit: string, at: number): Reward[] {
  return ofAccounts(records.rewards, new Set([accountId])).filter(
    (r) => r.type === 'CREDIT' && r.unit === unit && isAvailable(r, at),
  );
}

export type Redeemed = { creditRedeemed: number; creditAvailable: number; unit: string };

function checkAmount(amount: unknown): asserts amount is number {
  if (typeof amount !== 'number' || !Number.isInteger(amount) || amount <= 0)
    throw badRequest('The amount to redeem is a whole number greater than zero.');
}

function take(tenant: Tenant, accountId: string, unit: string, parts: Redemption['parts'], now: number) {
  for (const { rewardId, amount } of parts) {
    const reward = findReward(tenant, rewardId);
    reward.redeemed += amount;
    if (reward.redeemed >= reward.value) reward.dateRedeemed = now;
    reward.dateModified = now;
  }
  const creditRedeemed = parts.reduce((sum, p) => sum + p.amount, 0);
  tenant.redemptions.push({ id: newId(), accountId, unit, creditRedeemed, dateRedeemed: now, parts });
  return { creditRedeemed, creditAvailable: accountCredit(tenant, accountId, unit, now), unit };
}

/** Not idempotent, as in Advocate: asked again it takes again, or refuses when too little is left. */
export function redeemReward(
  tenant: Tenant,
  id: string,
  amount: unknown,
  unit: unknown,
  now: number,
): Redeemed {
  const reward = findReward(tenant, id);
  checkAmount(amount);
  if (reward.type !== 'CREDIT') throw badRequest('Only credit rewards can be redeemed.');
  if (unit !== reward.unit) throw badRequest(`This reward is in ${reward.unit}, not in ${String(unit)}.`);
  if (!mayBe(tenant, reward.unit, 'isRedeemable')) throw badRequest(`${reward.unit} cannot be redeemed.`);
  if (!isAvailable(reward, now))
    throw badRequest(`This reward is ${statuses(reward, now).join(' and ').toLowerCase()}.`);
  if (amount > availableValue(reward, now))
    throw badRequest('More than is left of this reward.', 'INSUFFICIENT_REDEEMABLE_CREDIT');
  return take(tenant, reward.accountId, reward.unit, [{ rewardId: id, amount }], now);
}

/** Takes from the account's rewards, the one that expires first first; the real order is not documented. */
export function redeemBalance(
  tenant: Tenant,
  accountId: string,
  amount: unknown,
  unit: unknown,
  now: number,
): Redeemed {
  checkAmount(amount);
  if (typeof unit !== 'string' || unit === '') throw badRequest('A unit is needed.');
  if (!mayBe(tenant, unit, 'isRedeemable')) throw badRequest(`${unit} cannot be redeemed.`);
  if (amount > accountCredit(tenant, accountId, unit, now))
    throw badRequest('More than the account has in this unit.', 'INSUFFICIENT_REDEEMABLE_CREDIT');
  const expiry = (r: Reward) => r.dateExpires ?? Number.POSITIVE_INFINITY;
  const ordered = pool(tenant, accountId, unit, now).sort(
    (a, b) => expiry(a) - expiry(b) || a.dateCreated - b.dateCreated,
  );
  let left = amount;
  const parts: Redemption['parts'] = [];
  for (const reward of ordered) {
    const part = Math.min(left, availableValue(reward, now));
    if (part > 0) parts.push({ rewardId: reward.id, amount: part });
    left -= part;
  }
  return take(tenant, accountId, unit, parts, now);
}

export function cancelReward(tenant: Tenant, id: string, now: number): Reward {
  const reward = findReward(tenant, id);
  if (!reward.cancellable || !mayBe(tenant, reward.unit, 'isCancellable'))
    throw badRequest('This reward cannot be cancelled.');
  if (reward.redeemed > 0) throw badRequest('A redeemed reward cannot be cancelled.');
  if (reward.dateCancelled !== null) throw badRequest('This reward is cancelled already.');
  reward.dateCancelled = now;
  reward.dateModified = now;
  return reward;
}

/** A reward that waits for a date or a decision becomes available. */
export function releaseReward(tenant: Tenant, id: string, now: number): Reward {
  const reward = findReward(tenant, id);
  if (reward.dateScheduledFor !== null && reward.dateScheduledFor > now) reward.dateScheduledFor = now;
  reward.datePendingForUsTax = null;
  reward.datePendingForUnhandledError = null;
  reward.dateModified = now;
  return reward;
}

const TYPES = ['CREDIT', 'PCT_DISCOUNT', 'FUELTANK', 'INTEGRATION'] as const;
const optionalDate = (value: unknown) => (typeof value === 'number' ? value : null);

/** A manual reward. `input` is Advocate's own body: `type`, `unit`, `assignedCredit` and so on. */
export function createReward(
  tenant: Tenant,
  owner: ParticipantKey,
  input: Record<string, unknown>,
  now: number,
): Reward {
  const type = TYPES.find((t) => t === (input.type ?? 'CREDIT'));
  if (!type) throw badRequest(`There is no reward type ${String(input.type)}.`);
  const value =
    type === 'CREDIT'
      ? input.assignedCredit
      : type === 'PCT_DISCOUNT'
        ? input.discountPercent
        : type === 'INTEGRATION'
          ? input.valueInCents
          : input.amount;
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0)
    throw badRequest('A reward has a value: a whole number greater than zero.');
  const unit = type === 'PCT_DISCOUNT' ? '%' : input.unit;
  if (typeof unit !== 'string' || unit === '') throw badRequest('A reward has a unit.');
  if (unit.includes('/') && !splitUnit(unit).currency)
    throw badRequest(`${unit} ends in no currency that is known.`);
  const reward: Reward = {
    id: newId(),
    type,
    unit,
    value,
    redeemed: 0,
    name: typeof input.name === 'string' ? input.name : null,
    accountId: owner.accountId,
    userId: owner.id,
    rewardSource: 'MANUAL',
    cancellable: input.cancellable !== false,
    dateCreated: now,
    dateModified: now,
    dateScheduledFor: optionalDate(input.dateScheduledFor),
    dateExpires: optionalDate(input.dateExpires),
    dateCancelled: null,
    dateRedeemed: null,
    datePendingForUsTax: null,
    datePendingForUnhandledError: null,
    meta: null,
  };
  tenant.rewards.set(reward.id, reward);
  return reward;
}

export type Balance = {
  type: Reward['type'];
  unit: string;
  count: number;
  availableValue: number;
  totalAssignedCredit: number;
  totalRedeemedCredit: number;
  totalPendingCredit: number;
  totalExpiredCredit: number;
  totalCancelledCredit: number;
};

/** One row per type and unit. Assigned counts what was given and neither expired nor cancelled. */
export function balances(rewards: Iterable<Reward>, at: number): Balance[] {
  const rows = new Map<string, Balance>();
  for (const reward of rewards) {
    const key = `${reward.type} ${reward.unit}`;
    const row = rows.get(key) ?? {
      type: reward.type,
      unit: reward.unit,
      count: 0,
      availableValue: 0,
      totalAssignedCredit: 0,
      totalRedeemedCredit: 0,
      totalPendingCredit: 0,
      totalExpiredCredit: 0,
      totalCancelledCredit: 0,
    };
    rows.set(key, row);
    const now = statuses(reward, at);
    const left = reward.value - reward.redeemed;
    row.count += 1;
    row.availableValue += availableValue(reward, at);
    row.totalRedeemedCredit += reward.redeemed;
    if (now.includes('CANCELLED')) row.totalCancelledCredit += left;
    else if (now.includes('EXPIRED')) row.totalExpiredCredit += left;
    else if (now.includes('PENDING')) row.totalPendingCredit += left;
    const counts = now.includes('AVAILABLE') || now.includes('REDEEMED');
    row.totalAssignedCredit += counts ? reward.value : reward.redeemed;
  }
  return [...rows.values()];
}

export const rewardsOf = (
  records: Records,
  owner: Pick<Participant, 'accountId'> & { id?: string | undefined },
) =>
  ofAccounts(records.rewards, new Set([owner.accountId])).filter(
    (r) => owner.id === undefined || r.userId === owner.id,
  );
