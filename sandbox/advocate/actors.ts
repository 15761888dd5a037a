import type { Mode } from '../../src/contract/words.ts';
import { MODES } from '../../src/contract/words.ts';
import { findParticipant, mergeFields } from './participants.ts';
import {
  cancelReward,
  createReward,
  findReward,
  type Redeemed,
  redeemReward,
  releaseReward,
} from './rewards.ts';
import type { FieldValue, MetaStatus, ParticipantKey, Reward, Tenant, UnitForm } from './state.ts';

export type Earned = {
  unit: string;
  /** Integer in the unit's minor unit. */
  amount: number;
  name?: string;
  expiresAt?: number;
  scheduledFor?: number;
  pendingReason?: 'US_TAX' | 'UNHANDLED_ERROR';
};

/** What happens at Advocate without our product: people and programs acting, for tests and the demo. */
export function createActors(
  tenants: Record<Mode, Tenant>,
  now: () => number,
  changed: (tenant: Tenant) => void,
) {
  const tenantOf = (rewardId: string): Tenant => {
    const mode = MODES.find((m) => tenants[m].rewards.has(rewardId));
    if (!mode) throw new Error(`No tenant of the sandbox has the reward ${rewardId}.`);
    return tenants[mode];
  };
  const change = <T>(tenant: Tenant, act: (at: number) => T): T => {
    const result = act(now());
    changed(tenant);
    return result;
  };
  return {
    /** A program gives a reward. Answers its id. */
    earn(mode: Mode, participant: ParticipantKey, earned: Earned): string {
      const tenant = tenants[mode];
      findParticipant(tenant, participant);
      return change(tenant, (at) => {
        const reward = createReward(
          tenant,
          participant,
          {
            unit: earned.unit,
            assignedCredit: earned.amount,
            name: earned.name,
            dateExpires: earned.expiresAt,
            dateScheduledFor: earned.scheduledFor,
          },
          at,
        );
        reward.rewardSource = 'FRIEND_SIGNUP';
        if (earned.pendingReason === 'US_TAX') reward.datePendingForUsTax = at;
        if (earned.pendingReason === 'UNHANDLED_ERROR') reward.datePendingForUnhandledError = at;
        return reward.id;
      });
    },
    cancel(rewardId: string): void {
      change(tenantOf(rewardId), (at) => cancelReward(tenantOf(rewardId), rewardId, at));
    },
    /** Advocate takes a cancellation back: the reward counts again. */
    uncancel(rewardId: string): void {
      change(tenantOf(rewardId), (at) => {
        const reward = findReward(tenantOf(rewardId), rewardId);
        reward.dateCancelled = null;
        reward.dateModified = at;
      });
    },
    /** Somebody sets the expiry date to now. When a date simply passes, `dateModified` stays as it was. */
    expire(rewardId: string): void {
      change(tenantOf(rewardId), (at) => {
        const reward = findReward(tenantOf(rewardId), rewardId);
        reward.dateExpires = at;
        reward.dateModified = at;
      });
    },
    release(rewardId: string): void {
      change(tenantOf(rewardId), (at) => releaseReward(tenantOf(rewardId), rewardId, at));
    },
    redeemByHand(rewardId: string, amount: number): Redeemed {
      const tenant = tenantOf(rewardId);
      const { unit } = findReward(tenant, rewardId);
      return change(tenant, (at) => redeemReward(tenant, rewardId, amount, unit, at));
    },
    /** Null removes the field. */
    setCustomField(mode: Mode, key: ParticipantKey, field: string, value: FieldValue | null): void {
      const tenant = tenants[mode];
      change(tenant, () => mergeFields(findParticipant(tenant, key), { [field]: value }));
    },
    setUnitForm(mode: Mode, form: UnitForm): void {
      tenants[mode].unitForm = form;
    },
    enableIntegration(mode: Mode, service: string, fulfilledRewardUnits: string[]): void {
      const integration = tenants[mode].integrations.find((i) => i.service === service);
      if (!integration) throw new Error(`The sandbox has no integration ${service}.`);
      integration.enabled = true;
      integration.config = { ...integration.config, fulfilledRewardUnits };
    },
    /** Another integration marks a reward as its own, as the official one would after paying it. */
    noteByIntegration(rewardId: string, service: string, status: MetaStatus, message: string): Reward {
      const tenant = tenantOf(rewardId);
      return change(tenant, (at) => {
        const reward = findReward(tenant, rewardId);
        reward.meta = {
          status,
          message,
          internalMessage: null,
          integrationService: service,
          customMeta: null,
          dateModified: at,
        };
        reward.dateModified = at;
        return reward;
      });
    },
  };
}
export type Actors = ReturnType<typeof createActors>;
