/** Whether a person is to be told something now, and in which words. Nothing here stores or shows. */
import * as v from 'valibot';
import type { QueuedReward } from '../contract/queue-page.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { explain } from '../locales/explain.ts';
import { say, sayCount } from '../locales/say.ts';
import { money } from '../ui/amounts.ts';

export type Held = Pick<QueuedReward, 'reward' | 'reason' | 'facts' | 'money' | 'unit'>;
/** Rewards that are held and nobody was told of: how many, and one of them. */
export type Untold = { count: number; one: Held | null };
export const NOTHING_HELD: Untold = { count: 0, one: null };
/** How one mode stands. `lost`: Stripe was connected, and took that back. */
export type Standing = { mode: Mode; held: Untold; lost: boolean };

/** The modes of which people were told that they lost Stripe. Of a held reward its row knows (queue-row.ts). */
export const Told = v.object({ lost: v.array(v.picklist(MODES)) });
export type Told = v.InferOutput<typeof Told>;
export const NOBODY_TOLD: Told = { lost: [] };

export type Notice = { id: string; title: string; message: string };

/** @returns the one notice for everything new, or null; and what has been told once it is shown. */
export function decide(
  standings: Standing[],
  told: Told,
  quiet: boolean,
): { notice: Notice | null; told: Told } {
  const stillLost = told.lost.filter((mode) => standings.every((one) => one.mode !== mode || one.lost));
  // Told after they end, if it is still so.
  if (quiet) return { notice: null, told: { lost: stillLost } };

  const news = standings
    .map((one): Standing => ({ ...one, lost: one.lost && !stillLost.includes(one.mode) }))
    .filter(({ held, lost }) => held.count > 0 || lost);
  if (news.length === 0) return { notice: null, told: { lost: stillLost } };
  const nowLost = news.filter(({ lost }) => lost).map(({ mode }) => mode);
  return { notice: noticeOf(news), told: { lost: [...stillLost, ...nowLost] } };
}

/** Real money first, and in each mode first what stops all of it. */
function noticeOf(news: Standing[]): Notice {
  const ordered = news.toSorted((a, b) => Number(b.mode === 'live') - Number(a.mode === 'live'));
  const held = ordered.reduce((sum, one) => sum + one.held.count, 0);
  const lost = ordered.filter((one) => one.lost);
  const title =
    lost.length === 0
      ? sayCount('notices_title_held', held)
      : held === 0
        ? say('notices_title_lost')
        : say('notices_title_both');
  const [first] = ordered;
  return {
    id: first ? placeOf(first) : '',
    title,
    message: ordered.flatMap((one) => sentencesOf(one)).join('\n'),
  };
}

function sentencesOf({ mode, held, lost }: Standing): string[] {
  const sentences = lost ? [say(`notices_lost_${mode}`)] : [];
  const { count, one } = held;
  if (count === 0) return sentences;
  if (count > 1 || !one?.reason) return [...sentences, sayCount(`notices_held_${mode}`, count)];
  const { what } = explain(one.reason, one.facts);
  const amount = one.money ? money(one.money) : one.unit;
  return [...sentences, say(`notices_held_${mode}_why`, { amount, what })];
}

/** A notification comes back with its id alone, maybe to a worker that was started by the click. */
const placeOf = ({ mode, held, lost }: Standing): string =>
  lost ? `${mode}/lost` : held.count === 1 ? `${mode}/held/${held.one?.reward}` : `${mode}/held`;

export type Place = { mode: Mode; what: 'lost' | 'held'; reward: string | null };

export function readPlace(id: string): Place | null {
  const [mode, what, reward = null] = id.split('/');
  const known = MODES.find((one) => one === mode);
  if (known === undefined || (what !== 'lost' && what !== 'held')) return null;
  return { mode: known, what, reward };
}
