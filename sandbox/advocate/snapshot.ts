import type { Mode } from '../../src/contract/words.ts';
import { availableValue, pendingReasons, type Status, statuses } from './rewards.ts';
import type { Delivery, Meta, Participant, Redemption, Reward, Subscription, Tenant } from './state.ts';

export type SeenReward = Reward & { statuses: Status[]; pendingReasons: string[]; availableValue: number };
export type TenantState = {
  alias: string;
  participants: Participant[];
  rewards: SeenReward[];
  redemptions: Redemption[];
  metas: ({ rewardId: string } & Meta)[];
  subscriptions: Subscription[];
  deliveries: Delivery[];
};
export type AdvocateState = Record<Mode, TenantState>;

/** A copy of everything a tenant holds, with what follows from it at this moment. */
export function snapshot(tenant: Tenant, now: number): TenantState {
  const rewards = [...tenant.rewards.values()];
  return structuredClone({
    alias: tenant.alias,
    participants: [...tenant.participants.values()],
    rewards: rewards.map((r) => ({
      ...r,
      statuses: statuses(r, now),
      pendingReasons: pendingReasons(r, now),
      availableValue: availableValue(r, now),
    })),
    redemptions: tenant.redemptions,
    metas: rewards.flatMap((r) => (r.meta ? [{ rewardId: r.id, ...r.meta }] : [])),
    subscriptions: [...tenant.subscriptions.values()],
    deliveries: tenant.deliveries,
  });
}
