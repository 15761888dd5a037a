/** Reads what is known of a batch of rewards, all at once, and again when it has grown old while the batch goes on. */
import { ProblemError } from '../contract/problems.ts';
import type { ByHand } from '../contract/reasons.ts';
import type { Settings } from '../contract/routes.ts';
import type { Advocate } from './advocate.ts';
import type { AdvocateParticipant, AdvocateReward } from './advocate-shapes.ts';
import type { Known } from './credit-reward.ts';
import type { Holds } from './holds.ts';
import type { Circumstances } from './judge.ts';
import type { StripeAccess } from './stripe-access.ts';

/** How old the facts may be on which money is moved. */
const FRESH_MS = 3_000;

export type KnowContext = {
  advocate: Advocate;
  holds: Pick<Holds, 'of'>;
  readSettings: () => Promise<Settings>;
  connection: () => Promise<StripeAccess | null>;
  paidElsewhere: () => Promise<Circumstances['paidElsewhere']>;
  /** Whether whoever asks still may: a batch may outlive the token that it came with. */
  isPaired: () => Promise<boolean>;
  now: () => number;
};
type Facts = {
  rewards: Map<string, AdvocateReward>;
  participants: Map<string, AdvocateParticipant[]>;
  settings: Settings;
  stripe: StripeAccess | null;
  paidElsewhere: Circumstances['paidElsewhere'];
  holds: Map<string, ByHand>;
};

/**
 * @throws AdvocateError when Advocate cannot be asked; nothing is decided on old facts then.
 * @throws ProblemError `unauthorized` when the browser that asks was removed.
 */
export function createKnowledge(
  context: KnowContext,
  ids: readonly string[],
): (id: string) => Promise<Known> {
  let latest: { facts: Promise<Facts>; at: number } | null = null;

  async function read(): Promise<Facts> {
    const { advocate, readSettings, connection, paidElsewhere } = context;
    if (!(await context.isPaired())) throw new ProblemError('unauthorized');
    const [rewards, settings, stripe, payers, holds] = await Promise.all([
      advocate.rewardsById(ids),
      readSettings(),
      connection(),
      paidElsewhere(),
      context.holds.of(ids),
    ]);
    const accounts = new Set(
      [...rewards.values()].flatMap(({ user }) => (user === null ? [] : [user.accountId])),
    );
    const participants = await advocate.participantsOfAccounts([...accounts]);
    return { rewards, participants, settings, stripe, paidElsewhere: payers, holds };
  }

  return async (id) => {
    // A clock that was set back makes nothing young again.
    if (latest === null || Math.abs(context.now() - latest.at) > FRESH_MS)
      latest = { facts: read(), at: context.now() };
    const { facts, at: readAt } = latest;
    const { rewards, participants, settings, stripe, paidElsewhere, holds } = await facts;
    // A list may lag behind: before a reward counts as gone, it is asked for by name.
    const reward = rewards.get(id) ?? (await context.advocate.reward(id)) ?? undefined;
    const accountParticipants = participants.get(reward?.user?.accountId ?? '') ?? [];
    const hold = holds.get(id) ?? null;
    return { reward, stripe, readAt, circumstances: { settings, accountParticipants, paidElsewhere, hold } };
  };
}
