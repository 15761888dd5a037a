import { onlyForKey, requireKeyOrSelf } from './auth.ts';
import { AdvocateError, badRequest, notFound } from './errors.ts';
import { type Sight, viewReward, viewSubscription, viewUser } from './graphql-views.ts';
import { createParticipant, findParticipant, GRAPHQL_KEYS, upsertParticipant } from './participants.ts';
import {
  cancelReward,
  createReward,
  findReward,
  redeemBalance,
  redeemReward,
  releaseReward,
} from './rewards.ts';
import type { MetaStatus, ParticipantKey } from './state.ts';
import type { UnitConfig } from './units.ts';

type Input = Record<string, unknown>;
type Redeem = { redeemCreditInput: { amount: number; unit: string } };
type MetaInput = {
  rewardId: string;
  status: MetaStatus;
  message?: string | null;
  internalMessage?: string | null;
  integrationService?: string | null;
  customMeta?: unknown;
};

const keyOf = (input: Input): ParticipantKey => {
  if (typeof input.id !== 'string' || typeof input.accountId !== 'string')
    throw badRequest('A user has an id and an accountId.');
  return { id: input.id, accountId: input.accountId };
};

function rewardMutations(sight: Sight) {
  const { tenant, now } = sight;
  return {
    createReward: (args: { rewardInput?: Input; userId: string; accountId: string }) => {
      const owner = { accountId: args.accountId, id: args.userId };
      findParticipant(tenant, owner);
      return viewReward(sight, createReward(tenant, owner, args.rewardInput ?? {}, now));
    },
    updateRewardStatus: ({ id, status }: { id: string; status: string }) => {
      if (status === 'CANCELLED') return viewReward(sight, cancelReward(tenant, id, now));
      if (status === 'AVAILABLE') return viewReward(sight, releaseReward(tenant, id, now));
      // Whether the real one takes REDEEMED is not documented, so nobody may rely on it.
      throw badRequest(`A reward cannot be set to ${status}.`);
    },
    redeemRewardCredit: ({ id, redeemCreditInput: { amount, unit } }: { id: string } & Redeem) =>
      redeemReward(tenant, id, amount, unit, now),
    redeemUserCredit: (args: { userId: string; accountId: string } & Redeem) => {
      findParticipant(tenant, { accountId: args.accountId, id: args.userId });
      const { amount, unit } = args.redeemCreditInput;
      return redeemBalance(tenant, args.accountId, amount, unit, now);
    },
    /** Evidence only: the reward's statuses stay as they are. */
    upsertRewardMeta: ({ rewardMetaInput: input }: { rewardMetaInput: MetaInput }) => {
      const reward = findReward(tenant, input.rewardId);
      const service = input.integrationService ?? null;
      if (service !== null && !tenant.integrations.some((i) => i.service === service))
        throw notFound(`There is no integration ${service}.`);
      reward.meta = {
        status: input.status,
        message: input.message ?? null,
        internalMessage: input.internalMessage ?? null,
        integrationService: service,
        customMeta: input.customMeta ?? null,
        dateModified: now,
      };
      reward.dateModified = now;
      return viewReward(sight, reward);
    },
  };
}

function settingsMutations({ tenant }: Sight) {
  return {
    upsertRewardUnitSettings: ({ rewardUnitSettingsInput }: { rewardUnitSettingsInput: UnitConfig }) => {
      const settings = { ...rewardUnitSettingsInput };
      tenant.units = [...tenant.units.filter((u) => u.id !== settings.id), settings];
      return settings;
    },
    upsertWebhookSubscription: (args: {
      webhookSubscriptionInput: { endpointUrl: string; name?: string };
    }) => {
      const { endpointUrl, name } = args.webhookSubscriptionInput;
      if (!URL.canParse(endpointUrl)) throw badRequest('endpointUrl is a URL.');
      const subscription = { endpointUrl, name: name ?? null };
      tenant.subscriptions.set(endpointUrl, subscription);
      return viewSubscription(subscription);
    },
    deleteWebhookSubscription: ({ endpointUrl }: { endpointUrl: string }) => ({
      deletedCount: tenant.subscriptions.delete(endpointUrl) ? 1 : 0,
    }),
  };
}

/** The root of every write. Only `upsertUser` answers a participant's own token. */
export function mutations(sight: Sight) {
  const { tenant, caller, now } = sight;
  const upsert = (input: Input) => {
    requireKeyOrSelf(caller, keyOf(input));
    return viewUser(sight, upsertParticipant(tenant, keyOf(input), input, now, GRAPHQL_KEYS));
  };
  const block = (owner: ParticipantKey, dateBlocked: number | null) => {
    const participant = findParticipant(tenant, owner);
    participant.dateBlocked = dateBlocked;
    return { user: viewUser(sight, participant) };
  };
  const forKey = onlyForKey(caller, {
    createUser: ({ userInput }: { userInput: Input }) =>
      viewUser(sight, createParticipant(tenant, keyOf(userInput), userInput, now)),
    upsertUsers: ({ userInputs }: { userInputs: Input[] }) => {
      if (userInputs.length > 100) throw badRequest('At most 100 users at once.');
      return userInputs.map((input) => {
        try {
          return upsert(input);
        } catch (error) {
          if (error instanceof AdvocateError) return { __typename: 'ApiError', ...error.toBody() };
          throw error;
        }
      });
    },
    blockUser: (owner: ParticipantKey) => block(owner, now),
    unblockUser: (owner: ParticipantKey) => block(owner, null),
    ...rewardMutations(sight),
    ...settingsMutations(sight),
  });
  return { ...forKey, upsertUser: ({ userInput }: { userInput: Input }) => upsert(userInput) };
}
