/** Whose rewards wait for a link, oldest money first, a page of Advocate's rewards at a time. */
import * as v from 'valibot';
import type { Unlinked, UnlinkedPage } from '../contract/linking.ts';
import { type Money, sumByCurrency } from '../contract/money.ts';
import type { Advocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import type { AdvocateParticipant, AdvocateReward } from './advocate-shapes.ts';
import { emailOf, nameOf } from './candidates.ts';
import type { FindContext } from './find-rewards.ts';
import { type Circumstances, earnedAt, judge, linkOf } from './judge.ts';
import { placesIn } from './place.ts';

export type UnlinkedContext = Pick<
  FindContext,
  'advocate' | 'ledger' | 'holds' | 'settings' | 'paidElsewhere'
>;

const PAGE = 100;
const BY_CREATION = [{ field: 'dateCreated', order: 'ASC' }];
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/**
 * From which moment of creation on. `within`: more was created in that one millisecond than fits a page, so it is read
 * by its place among all that was, available or not; nothing joins or leaves that list.
 */
const Place = v.strictObject({ from: whole, within: v.nullable(whole) });
type Place = v.InferOutput<typeof Place>;

export async function findUnlinked(
  context: UnlinkedContext,
  after: string | undefined,
): Promise<UnlinkedPage> {
  const { advocate, ledger, holds, settings } = context;
  const places = placesIn(['unlinked', advocate.tenant, [...settings.units].sort()], Place);
  const place = after === undefined ? { from: 0, within: null } : places.read(after);
  if (settings.units.length === 0) return { participants: [], after: null };
  const [{ rewards, next }, paidElsewhere] = await Promise.all([
    readPage(advocate, settings.units, place),
    context.paidElsewhere(),
  ]);
  const ids = rewards.map(({ id }) => id);
  const [rows, kept] = await Promise.all([ledger.findMany(ids), holds.of(ids)]);
  // The others of an account only matter to those who are linked.
  const circumstances = (id: string) => ({
    settings,
    accountParticipants: [],
    paidElsewhere,
    hold: kept.get(id) ?? null,
  });
  const waiting = rewards.flatMap((reward) =>
    rows.has(reward.id) ? [] : waitingFor(reward, circumstances(reward.id)),
  );
  return { participants: byParticipant(waiting), after: next && places.write(next) };
}

type Waiting = { participant: AdvocateParticipant; money: Money; created: number };

/** What a link would set free; nothing, where something else is in the way as well. */
function waitingFor(reward: AdvocateReward, circumstances: Circumstances): Waiting[] {
  const verdict = judge(reward, circumstances);
  if (verdict.ready || verdict.money === null || reward.user === null) return [];
  if (verdict.reason !== 'not_linked' && verdict.reason !== 'field_name_differs') return [];
  const { user: participant, dateCreated } = reward;
  return [{ participant, money: verdict.money, created: dateCreated ?? earnedAt(reward) }];
}

function byParticipant(waiting: Waiting[]): Unlinked[] {
  const whose = ({ participant: { accountId, id } }: Waiting) => JSON.stringify([accountId, id]);
  return [...Map.groupBy(waiting, whose).values()].flatMap((rewards) => {
    const [first] = rewards;
    if (first === undefined) return [];
    const { participant, created } = first;
    return [
      {
        accountId: participant.accountId,
        userId: participant.id,
        name: nameOf(participant),
        email: emailOf(participant),
        misspelt: misspeltLink(participant),
        rewards: rewards.length,
        waiting: sumByCurrency(rewards.map(({ money }) => money)),
        oldest: created,
      },
    ];
  });
}

/** A customer id in a field of almost the right name. */
export function misspeltLink(participant: AdvocateParticipant): Unlinked['misspelt'] {
  const link = linkOf(participant);
  if (link.ok || link.reason !== 'field_name_differs') return null;
  const { detail: field, customer: value } = link.facts;
  return field === undefined || value === undefined ? null : { field, value };
}

async function readPage(
  advocate: Advocate,
  units: readonly string[],
  { from, within }: Place,
): Promise<{ rewards: AdvocateReward[]; next: Place | null }> {
  const filter = { type_eq: 'CREDIT', unit_in: units };
  if (within !== null) {
    const moment = { ...filter, dateCreated_gte: from, dateCreated_lt: from + 1 };
    const { rewards, totalCount } = await advocate.rewards(moment, PAGE, within, BY_CREATION);
    const more = within + PAGE < totalCount;
    return { rewards, next: more ? { from, within: within + PAGE } : { from: from + 1, within: null } };
  }
  const available = { ...filter, statuses_in: [{ status: 'AVAILABLE' }] };
  const since = { ...available, ...(from > 0 && { dateCreated_gte: from }) };
  const { rewards, totalCount } = await advocate.rewards(since, PAGE, 0, BY_CREATION);
  if (totalCount <= PAGE) return { rewards, next: null };
  const last = rewards.at(-1)?.dateCreated;
  if (!last || last < from || !isAscending(rewards))
    throw new AdvocateError('unreachable', 'Advocate did not list the rewards in order of creation.');
  // The last moment may go on behind the page: it is read again, as the first of the next one.
  const before = rewards.filter(({ dateCreated }) => dateCreated !== last);
  if (before.length === 0) return readPage(advocate, units, { from: last, within: 0 });
  return { rewards: before, next: { from: last, within: null } };
}

const isAscending = (rewards: readonly AdvocateReward[]): boolean =>
  rewards.every(
    ({ dateCreated }, i) => dateCreated !== null && dateCreated >= (rewards[i - 1]?.dateCreated ?? 0),
  );
