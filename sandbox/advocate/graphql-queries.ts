import { onlyForKey, requireKeyOrSelf } from './auth.ts';
import { badRequest } from './errors.ts';
import {
  listRewards,
  listUsers,
  type Page,
  page,
  type Sight,
  viewAccount,
  viewCurrency,
  viewIntegration,
  viewReward,
  viewSubscription,
  viewUser,
} from './graphql-views.ts';
import { findParticipant } from './participants.ts';
import { candidates } from './reward-index.ts';
import type { ParticipantKey } from './state.ts';
import { participantKey } from './state.ts';
import { type Format, listedSettings, pretty } from './units.ts';

type ListArgs = Parameters<typeof listUsers>[1];
type FormatArgs = { value: number; unit: string; locale?: string; formatType: Format };

function checked<A extends Page>(args: A): A {
  if (args.limit < 0 || args.offset < 0) throw badRequest('limit and offset are not negative.');
  return args;
}

/** The root of every read. */
export function queries(sight: Sight) {
  const { tenant, reads, caller } = sight;
  const viewTenant = () => ({
    __typename: 'Tenant',
    tenantAlias: tenant.alias,
    isLiveMode: tenant.mode === 'live',
    permissions: ['*'],
  });
  const forKey = onlyForKey(caller, {
    users: (args: ListArgs) => listUsers(sight, checked(args)),
    account: ({ accountId }: { accountId: string }) => viewAccount(sight, accountId),
    reward: ({ id }: { id: string }) => {
      const reward = reads.rewards.get(id);
      return reward ? viewReward(sight, reward) : null;
    },
    rewards: (args: ListArgs) =>
      listRewards(sight, candidates(reads.rewards, args.filter ?? {}), checked(args)),
    tenant: viewTenant,
    integrations: (args: Page) => page(tenant.integrations, checked(args), viewIntegration),
    integration: ({ service }: { service: string }) => {
      const found = tenant.integrations.find((i) => i.service === service);
      return found ? viewIntegration(found) : null;
    },
    customFields: (args: Page) =>
      page(tenant.customFields, checked(args), (field) => ({ ...field, schema: null })),
    webhookSubscriptions: (args: Page) =>
      page([...tenant.subscriptions.values()], checked(args), viewSubscription),
    rewardUnitSettings: ({ id }: { id: string }) => listedSettings(tenant).find((s) => s.id === id) ?? null,
    rewardUnitSettingsList: (args: Page) => page(listedSettings(tenant), checked(args), (s) => s),
  });
  return {
    ...forKey,
    user: (args: ParticipantKey) => {
      requireKeyOrSelf(caller, args);
      const participant = reads.participants.get(participantKey(args));
      return participant ? viewUser(sight, participant) : null;
    },
    viewer: () => (caller.kind === 'key' ? viewTenant() : viewUser(sight, findParticipant(reads, caller))),
    currency: ({ currencyCode }: { currencyCode: string }) => viewCurrency(currencyCode),
    formatRewardPrettyValue: ({ unit, value, formatType, locale }: FormatArgs) =>
      pretty(tenant, unit, value, formatType, locale),
  };
}
