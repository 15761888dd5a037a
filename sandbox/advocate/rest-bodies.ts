import { type Balance, dateGiven } from './rewards.ts';
import type { Participant, Records, Redemption, Reward } from './state.ts';

/** A participant as REST shows it; `fields` picks, `extraFields` adds what is not shown by itself. */
export function restUser(participant: Participant, fields?: string[], extraFields?: string[]) {
  const { dateBlocked, dateCreated, ...shown } = participant;
  const all: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null)),
    firstName: participant.firstName ?? '',
    referralCodes: {},
    referredByCodes: [],
    programShareLinks: {},
  };
  delete all.paymentProviderId;
  const extra: Record<string, unknown> = {
    dateBlocked,
    dateCreated,
    paymentProviderId: participant.paymentProviderId,
  };
  const pick = (names: string[]) =>
    Object.fromEntries(names.flatMap((n) => (n in all || n in extra ? [[n, all[n] ?? extra[n]]] : [])));
  return fields ? pick(fields) : { ...all, ...pick(extraFields ?? []) };
}

export function restListedUser(participant: Participant) {
  const { id, accountId, email, firstName, lastName, referralCode, imageUrl, dateCreated } = participant;
  const all = {
    id,
    accountId,
    email,
    firstName: firstName ?? '',
    lastName,
    referralCode,
    imageUrl,
    dateCreated,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

function worthOf(reward: Reward, redemptions: Redemption[]) {
  const { value } = reward;
  switch (reward.type) {
    case 'CREDIT':
      return {
        assignedCredit: value,
        redeemedCredit: reward.redeemed,
        redemptions: redemptions.flatMap(({ id, dateRedeemed, parts }) =>
          parts
            .filter((p) => p.rewardId === reward.id)
            .map((p) => ({ id, dateRedeemed, quantityRedeemed: p.amount })),
        ),
      };
    case 'PCT_DISCOUNT':
      return { discountPercent: value };
    case 'FUELTANK':
      return { fuelTankCode: `TANK-${reward.id.slice(-6)}`, fueltankType: 'CREDIT', amount: value };
    case 'INTEGRATION':
      return { valueInCents: value, description: reward.name ?? '' };
  }
}

/** Without `statuses`, `meta`, `availableValue` and `dateRedeemed`, as REST is documented. */
export function restReward(reward: Reward, now: number, redemptions: Redemption[] = []) {
  return {
    id: reward.id,
    type: reward.type,
    dateCreated: reward.dateCreated,
    dateGiven: dateGiven(reward, now),
    dateScheduledFor: reward.dateScheduledFor,
    dateExpires: reward.dateExpires,
    dateCancelled: reward.dateCancelled,
    accountId: reward.accountId,
    userId: reward.userId,
    cancellable: reward.cancellable,
    rewardSource: reward.rewardSource,
    unit: reward.unit,
    ...(reward.name !== null && { name: reward.name }),
    ...worthOf(reward, redemptions),
  };
}

export const rewardWithRedemptions = (records: Records, reward: Reward, now: number) =>
  restReward(reward, now, records.redemptions);

export function restBalance({ availableValue: _, ...balance }: Balance) {
  if (balance.type === 'CREDIT') return balance;
  return { type: balance.type, unit: balance.unit, count: balance.count };
}
