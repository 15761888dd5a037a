/** Reads what is known of a batch of rewards, all at once, and again when it has grown old while the batch goes on. */
import type { Settings } from '../contract/routes.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipant, AdvocateReward } from './advocate-shapes.ts';
import type { Known } from './credit-reward.ts';
import type { Circumstances } from './judge.ts';
import type { StripeAccess } from './stripe-access.ts';

/** How old the facts may be on which money is moved. */
const FRESH_MS = 3_000;

export type KnowContext = {
  advocate: Advocate;
  readSettings: () => Promise<Settings>;
  connection: () => Promise<StripeAccess | null>;
  paidElsewhere: () => Promise<Circumstances['paidElsewhere']>;
  now: () => number;
};
type Facts = {
  rewards: Map<string, AdvocateReward>;
  participants: Map<string, AdvocateParticipant[]>;
  settings: Settings;
  stripe: StripeAccess | null;
  paidElsewhere: Circumstances['paidElsewhere'];
};

/** @throws AdvocateError when Advocate cannot be asked; nothing is decided on old facts then. */
export function createKnowledge(
  context: KnowContext,
  ids: readonly string[],
): (id: string) => Promise<Known> {
  let latest: { facts: Promise<Facts>; at: number } | null = null;

  async function read(): Promise<Facts> {
    const { advocate, readSettings, connection, paidElsewhere } = context;
    const [rewards, settings, stripe, payers] = await Promise.all([
      advocate.rewardsById(ids),
      readSettings(),
      connection(),
      paidElsewhere(),
    ]);
    const accounts = new Set(
      [...rewards.values()].flatMap(({ user }) => (user === null ? [] : [user.accountId])),
    );
    const participants = await advocate.participantsOfAccounts([...accounts]);
    return { rewards, participants, settings, stripe, paidElsewhere: payers };
  }

  return async (id) => {
    // A clock that was set back makes nothing young again.
    if (latest === null || Math.abs(context.now() - latest.at) > FRESH_MS)
      latest = { facts: read(), at: context.now() };
    const { facts, at: readAt } = latest;
    const { rewards, participants, settings, stripe, paidElsewhere } = await facts;
    // A list may lag behind: before a reward counts as gone, it is asked for by name.
    const reward = rewards.get(id) ?? (await context.advocate.reward(id)) ?? undefined;
    const accountParticipants = participants.get(reward?.user?.accountId ?? '') ?? [];
    return { reward, stripe, readAt, circumstances: { settings, accountParticipants, paidElsewhere } };
  };
}
