import { accountsIn, ofAccounts } from './account-index.ts';
import type { Caller } from './auth.ts';
import { forbidden } from './errors.ts';
import { type Filter, participantMatches, rewardMatches, type SortBy, sorted } from './graphql-filters.ts';
import { matchesQuery } from './participants.ts';
import {
  availableValue,
  type Balance,
  balances,
  dateGiven,
  pendingReasons,
  rewardsOf,
  statuses,
} from './rewards.ts';
import type { Integration, Participant, Records, Redemption, Reward, Subscription, Tenant } from './state.ts';
import { participantKey } from './state.ts';
import { currencyOf, type Format, mayBe, pretty, splitUnit, unitName } from './units.ts';

/** What one request sees: the tenant, the records it reads (perhaps lagging), the time and who asks. */
export type Sight = { tenant: Tenant; reads: Records; caller: Caller; now: number };
export type Page = { limit: number; offset: number };
type Shown = { locale?: string | null; formatType: Format };
type At = { at?: number | null };
type ListArgs = Page & { filter?: Filter | null; sortBy?: SortBy | null; query?: string | null };

export function page<T, V>(rows: T[], { limit, offset }: Page, view: (row: T) => V) {
  const data = rows.slice(offset, offset + limit).map(view);
  return { data, count: data.length, totalCount: rows.length };
}

const NEWEST: SortBy = [{ field: 'dateCreated', order: 'DESC' }];

export function viewCurrency(code: string) {
  const currency = currencyOf(code);
  if (!currency) return null;
  const tag = (locale?: string | null) => (locale ?? 'en_US').replace('_', '-');
  return {
    currencyCode: currency.code,
    displayName: ({ locale }: { locale?: string | null }) =>
      new Intl.DisplayNames(tag(locale), { type: 'currency' }).of(currency.code) ?? currency.code,
    symbol: ({ locale }: { locale?: string | null }) =>
      new Intl.NumberFormat(tag(locale), { style: 'currency', currency: currency.code })
        .formatToParts(0)
        .find((p) => p.type === 'currency')?.value ?? currency.code,
    fractionDigits: currency.digits,
    numberToBasic: 10 ** currency.digits,
  };
}

const viewUnit = (tenant: Tenant, unit: string) => {
  const { currency } = splitUnit(unit);
  return { key: unit, name: unitName(tenant, unit), currency: currency && viewCurrency(currency.code) };
};

export const viewIntegration = ({ service, name, enabled, config }: Integration) => ({
  service,
  name,
  type: 'REWARD_PROVIDER',
  enabled,
  config,
});

export const viewSubscription = ({ endpointUrl, name }: Subscription) => ({
  endpointUrl,
  name,
  source: 'MANUAL',
  webhookTypes: ['reward.created', 'user.reward.balance.changed'],
  status: { type: 'ENABLED', message: null },
});

function viewMeta(sight: Sight, reward: Reward) {
  if (!reward.meta) return null;
  const { integrationService, ...meta } = reward.meta;
  const integration = sight.tenant.integrations.find((i) => i.service === integrationService);
  return { ...meta, integration: integration ? viewIntegration(integration) : null };
}

export function viewRedemption(sight: Sight, redemption: Redemption) {
  const rewards = redemption.parts.flatMap((p) => sight.reads.rewards.get(p.rewardId) ?? []);
  return {
    ...redemption,
    prettyRedeemedCredit: ({ formatType, locale }: Shown) =>
      pretty(sight.tenant, redemption.unit, redemption.creditRedeemed, formatType, locale),
    redeemedRewards: (args: Page) => page(rewards, args, (r) => viewReward(sight, r)),
  };
}

export function viewReward(sight: Sight, reward: Reward): object {
  const { tenant, reads, now } = sight;
  const credit = reward.type === 'CREDIT';
  const write = (value: number, { formatType, locale }: Shown) =>
    pretty(tenant, reward.unit, value, formatType, locale);
  const owner = { accountId: reward.accountId, id: reward.userId };
  return {
    ...reward,
    prettyValue: (args: Shown) => write(reward.value, args),
    availableValue: ({ at }: At) => availableValue(reward, at ?? now),
    prettyAvailableValue: (args: Shown & At) => write(availableValue(reward, args.at ?? now), args),
    rewardUnit: viewUnit(tenant, reward.unit),
    dateGiven: dateGiven(reward, now),
    currency: splitUnit(reward.unit).currency?.code ?? null,
    redeemable: credit && mayBe(tenant, reward.unit, 'isRedeemable'),
    meta: viewMeta(sight, reward),
    user: () => {
      const participant = reads.participants.get(participantKey(owner));
      return participant ? viewUser(sight, participant) : null;
    },
    description: reward.type === 'INTEGRATION' ? reward.name : null,
    assignedCredit: credit ? reward.value : null,
    redeemedCredit: credit ? reward.redeemed : null,
    prettyAssignedCredit: (args: Shown) => (credit ? write(reward.value, args) : null),
    prettyRedeemedCredit: (args: Shown) => (credit ? write(reward.redeemed, args) : null),
    statuses: ({ at }: At) => statuses(reward, at ?? now),
    pendingReasons: pendingReasons(reward, now),
    rewardRedemptionTransactions: (args: Page) =>
      page(
        reads.redemptions.filter((t) => t.parts.some((p) => p.rewardId === reward.id)),
        args,
        (t) => viewRedemption(sight, t),
      ),
  };
}

export function listRewards(sight: Sight, rewards: Reward[], args: ListArgs) {
  const found = rewards.filter((r) => rewardMatches(r, args.filter ?? {}, sight.now));
  const read = (r: Reward, field: string) =>
    field === 'dateGiven' ? dateGiven(r, sight.now) : r[field as keyof Reward];
  return page(sorted(found, args.sortBy ?? NEWEST, read), args, (r) => viewReward(sight, r));
}

export function listUsers(sight: Sight, args: ListArgs) {
  const { participants } = sight.reads;
  const accounts = accountsIn(args.filter ?? {});
  const candidates = accounts === null ? [...participants.values()] : ofAccounts(participants, accounts);
  const found = candidates.filter(
    (p) => participantMatches(p, args.filter ?? {}) && matchesQuery(p, args.query ?? ''),
  );
  const read = (p: Participant, field: string) => p[field as keyof Participant];
  return page(sorted(found, args.sortBy ?? NEWEST, read), args, (p) => viewUser(sight, p));
}

function viewBalance(sight: Sight, balance: Balance) {
  return {
    __typename: 'CreditRewardBalance',
    ...balance,
    rewardUnit: viewUnit(sight.tenant, balance.unit),
    prettyAvailableValue: ({ formatType }: Shown) =>
      pretty(sight.tenant, balance.unit, balance.availableValue, formatType),
  };
}

const balanceMatches = (balance: Balance, filter: Filter) =>
  Object.entries(filter).every(([key, wanted]) => {
    const { key: unitType, currency } = splitUnit(balance.unit);
    if (wanted === null) return true;
    if (key === 'type_eq') return balance.type === wanted;
    if (key === 'unit_eq') return balance.unit === wanted;
    if (key === 'unit_in') return Array.isArray(wanted) && wanted.includes(balance.unit);
    if (key === 'unitType_eq') return unitType === wanted;
    return currency?.code === wanted;
  });

export function viewUser(sight: Sight, participant: Participant): object {
  const { caller, reads, now } = sight;
  if (caller.kind === 'participant' && participantKey(caller) !== participantKey(participant))
    throw forbidden('This token belongs to another user.');
  const { accountId } = participant;
  return {
    __typename: 'User',
    ...participant,
    account: () => viewAccount(sight, accountId),
    rewards: (args: ListArgs) => listRewards(sight, rewardsOf(reads, participant), args),
    // Balances are the account's: its participants share one pool.
    rewardBalanceDetails: ({ filter }: { filter?: Filter | null }) =>
      balances(rewardsOf(reads, { accountId }), now)
        .filter((b) => b.type === 'CREDIT' && balanceMatches(b, filter ?? {}))
        .map((b) => viewBalance(sight, b)),
    rewardRedemptionTransactions: (args: Page) =>
      page(
        reads.redemptions.filter((t) => t.accountId === accountId),
        args,
        (t) => viewRedemption(sight, t),
      ),
    permissions: [],
  };
}

export const viewAccount = (sight: Sight, accountId: string) => ({
  id: accountId,
  users: (args: Page) =>
    page(
      [...sight.reads.participants.values()].filter((p) => p.accountId === accountId),
      args,
      (p) => viewUser(sight, p),
    ),
});
