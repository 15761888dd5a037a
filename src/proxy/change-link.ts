/** Changing the link of a participant, so that of two people who do it at once the second is told. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ProblemError } from '../contract/problems.ts';
import type { ParticipantKey } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateParticipant } from './advocate-shapes.ts';
import type { Actor } from './audit.ts';
import { nameOf } from './candidates.ts';
import { clockOf, type Database } from './database.ts';
import { linkOf } from './judge.ts';
import { type Links, rawLink } from './links.ts';
import type { Parts } from './parts.ts';

export type LinkContext = {
  mode: Mode;
  advocate: Advocate;
  links: Links;
  db: Database;
  oneAtATime: Parts['oneAtATime'];
  now: Parts['now'];
  sleep: Parts['sleep'];
  /** Whose browser asks. */
  actor: Actor;
};
export type LinkChange = {
  /** Null takes the link away. */
  customer: string | null;
  /** What the person saw. */
  previous: string | null;
  /** Throws where the customer cannot be linked to. */
  lookUp: (customer: string) => Promise<unknown>;
};
/** Takes the turn for its whole length once more; throws where somebody else may have taken over. */
type StillMine = () => Promise<void>;

const TURN_MS = 120_000;
/** How long another proxy is waited for, and how often it is looked whether it is through. */
const WAIT_MS = 5_000;
const LOOK_EVERY_MS = 250;

export async function readParticipant(
  { advocate }: Pick<LinkContext, 'advocate'>,
  { accountId, userId }: ParticipantKey,
): Promise<AdvocateParticipant> {
  const participant = await advocate.participant(accountId, userId);
  if (participant === null) throw new ProblemError('participant_missing');
  return participant;
}

/**
 * Advocate offers no conditional write. So between reading a link and writing it nobody else who shares this database
 * changes one of the same account: whoever comes second waits, then reads what the first one wrote.
 */
export async function inTurn<T>(
  context: LinkContext,
  accountId: string,
  work: (stillMine: StillMine) => Promise<T>,
): Promise<T> {
  const { mode, oneAtATime, now, sleep } = context;
  return oneAtATime(`link ${mode} ${accountId}`, async () => {
    const turn = turnOf(context, accountId);
    for (let waited = 0; !(await turn.take()); waited += LOOK_EVERY_MS) {
      if (waited >= WAIT_MS) throw busy('They are not through yet.');
      await sleep(LOOK_EVERY_MS);
    }
    try {
      return await work(async () => {
        const asked = now();
        // If the answer itself was long under way, the turn may be over again.
        if (!(await turn.renew()) || Math.abs(now() - asked) > TURN_MS / 2)
          throw busy('It took so long that somebody else may have begun.');
      });
    } finally {
      await turn.giveUp();
    }
  });
}

function turnOf({ db, mode }: LinkContext, accountId: string) {
  const by = randomUUID();
  const until = () => sql<number>`${clockOf(db)} + ${sql.lit(TURN_MS)}`;
  return {
    async take(): Promise<boolean> {
      const taken = await db
        .insertInto('link_turns')
        .values({ mode, account_id: accountId, held_by: by, until: until() })
        .onConflict((c) =>
          c
            .columns(['mode', 'account_id'])
            .doUpdateSet({ held_by: by, until: until() })
            .where('link_turns.until', '<', clockOf(db)),
        )
        .returning('held_by')
        .executeTakeFirst();
      return taken !== undefined;
    },
    async renew(): Promise<boolean> {
      const renewed = await db
        .updateTable('link_turns')
        .set({ until: until() })
        .where('mode', '=', mode)
        .where('account_id', '=', accountId)
        .where('held_by', '=', by)
        .where('until', '>=', clockOf(db))
        .returning('held_by')
        .executeTakeFirst();
      return renewed !== undefined;
    },
    giveUp: () =>
      db
        .deleteFrom('link_turns')
        .where('mode', '=', mode)
        .where('account_id', '=', accountId)
        .where('held_by', '=', by)
        .execute(),
  };
}

const busy = (detail: string) =>
  new ProblemError('link_busy', { detail, action: 'Try again in a moment. Nothing was changed.' });

/**
 * To be called in turn, with the participant as read in it. The previous value is compared, the customer looked up, the
 * account kept together; what was written is read back, and answered. What stands already is not written again, since
 * any update of a participant can set off a program's own rules.
 */
export async function changeLink(
  context: LinkContext,
  participant: AdvocateParticipant,
  { customer, previous, lookUp }: LinkChange,
  stillMine: StillMine,
): Promise<AdvocateParticipant> {
  checkPrevious(participant, previous);
  if (customer === previous) {
    await context.links.seen(participant);
    return participant;
  }
  if (customer !== null) {
    await lookUp(customer);
    await refuseOtherCustomer(context, participant, customer);
  }
  await stillMine();
  const key = { accountId: participant.accountId, userId: participant.id };
  return write(context, key, customer, previous);
}

function checkPrevious(participant: AdvocateParticipant, previous: string | null): void {
  const current = rawLink(participant);
  if (current !== previous)
    throw new ProblemError('link_changed', {
      detail:
        current === null
          ? 'The participant is not linked any more.'
          : `The participant is linked to ${current} now.`,
      action: 'Look at the present link, then decide again. Nothing was changed.',
      current,
    });
}

/** Rewards belong to the account, so its participants must not point at different customers. */
async function refuseOtherCustomer(
  { advocate }: LinkContext,
  participant: AdvocateParticipant,
  customer: string,
): Promise<void> {
  const { accountId, id } = participant;
  const others = (await advocate.participantsOfAccounts([accountId])).get(accountId) ?? [];
  const other = linkedDifferently(others, id, customer);
  if (other !== null) throw otherCustomer(other);
}

type Other = { name: string; customer: string };

/** A participant of the same account who is linked to another customer. */
export function linkedDifferently(
  account: readonly AdvocateParticipant[],
  userId: string,
  customer: string,
): Other | null {
  for (const other of account) {
    const theirs = linkOf(other);
    if (other.id !== userId && theirs.ok && theirs.customer !== customer)
      return { name: nameOf(other) ?? other.id, customer: theirs.customer };
  }
  return null;
}

export const otherCustomer = ({ name, customer }: Other) =>
  new ProblemError('account_customers_differ', {
    detail: `${name} of the same account is linked to ${customer}. They share their rewards.`,
    action: `Link both to the same customer: choose ${customer}, or unlink the other one first. Nothing was changed.`,
    current: customer,
  });

async function write(
  context: LinkContext,
  key: ParticipantKey,
  customer: string | null,
  previous: string | null,
): Promise<AdvocateParticipant> {
  const remember = () => context.links.changed(key, customer, { actor: context.actor, previous });
  let answered = true;
  try {
    await context.advocate.setLink(key.accountId, key.userId, customer);
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    // It may have been written all the same: reading tells.
    answered = false;
  }
  let written: AdvocateParticipant;
  try {
    written = await readParticipant(context, key);
  } catch (error) {
    if (!answered || !isUnanswered(error)) throw error;
    await remember();
    throw new ProblemError('advocate_unreachable', {
      detail: 'Advocate took the change, but did not answer when it was read back.',
      action: 'Look at the participant again in a moment.',
      current: customer,
    });
  }
  const current = rawLink(written);
  if (current === customer) {
    await remember();
    return written;
  }
  throw answered
    ? new ProblemError('advocate_refused', {
        detail: 'Advocate took the change but does not show it.',
        action: 'Look at the participant in Advocate, then try again.',
        current,
      })
    : new ProblemError('advocate_unreachable', {
        detail: 'Advocate did not answer, and does not show the change.',
        action: 'Look at the participant again in a moment, then decide again.',
        current,
      });
}

const isUnanswered = (error: unknown) => error instanceof AdvocateError && error.failure === 'unreachable';
