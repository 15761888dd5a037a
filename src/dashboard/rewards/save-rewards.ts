/** What the filter gives, gathered page by page into a file. */
import { signal } from '@preact/signals';
import { stripeDigits } from '../../contract/money.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Mode } from '../../contract/words.ts';
import type { Ask } from '../../ui/ask.ts';
import { csvLines, FOR_SPREADSHEETS, fileName } from '../csv-file.ts';
import type { Filter } from './filter.ts';
import { createReader, type Reward } from './read-rewards.ts';

/** For machines as much as for people, so in one language, and times as ISO 8601 writes them. */
const COLUMNS = [
  ...['reward', 'state', 'reason', 'unit', 'amount', 'currency', 'accountId', 'userId', 'customer', 'credit'],
  ...['stripeRequest', 'waitingSince', 'earnedAt', 'claimedAt', 'creditedAt', 'redeemedAt', 'notedAt'],
  'reversedAt',
];

const time = (at: number | null | undefined): string => (at ? new Date(at).toISOString() : '');

/** As spreadsheets compute with it: `20.00`. */
function decimal({ money }: Reward): string {
  if (money === null) return '';
  const digits = stripeDigits(money.currency) ?? 2;
  const whole = String(money.amount).padStart(digits + 1, '0');
  return digits === 0 ? whole : `${whole.slice(0, -digits)}.${whole.slice(-digits)}`;
}

function cells(row: Reward): string[] {
  const { ledger } = row;
  return [
    ...[row.reward, row.state, row.reason ?? '', row.unit, decimal(row), row.money?.currency ?? ''],
    ...[row.accountId, row.userId, row.customer ?? '', ledger?.credit ?? '', ledger?.requestId ?? ''],
    ...[ledger ? '' : time(row.at), time(ledger?.earnedAt), time(ledger?.claimedAt)],
    ...[time(ledger?.creditedAt), time(ledger?.redeemedAt), time(ledger?.notedAt), time(ledger?.reversedAt)],
  ];
}

/** Rows turned into text at once. */
const A_PART = 1000;

export const rewardsName = (mode: Mode) => fileName('rewards', mode);

export function createSave(ask: Ask) {
  const state = signal<'idle' | 'reading'>('idle');
  const problem = signal<Problem | null>(null);
  const count = signal(0);
  let turn = 0;

  return {
    state,
    problem,
    count,
    /** Answers the file in parts, which the browser keeps outside of the page's memory; null where it was stopped or failed. */
    async read(filter: Filter): Promise<Blob[] | null> {
      const mine = ++turn;
      state.value = 'reading';
      problem.value = null;
      count.value = 0;
      const reader = createReader(ask, filter);
      while (reader.state.value !== 'done') {
        await reader.more();
        if (mine !== turn) return null;
        if (reader.problem.value) {
          problem.value = reader.problem.value;
          state.value = 'idle';
          return null;
        }
        count.value = reader.rows.length;
      }
      // Only now: a row that was read first may say something else once the other source has told of it too.
      const parts = [new Blob([FOR_SPREADSHEETS, csvLines([COLUMNS])])];
      for (let at = 0; at < reader.rows.length; at += A_PART)
        parts.push(new Blob([csvLines(reader.rows.slice(at, at + A_PART).map(cells))]));
      state.value = 'idle';
      return parts;
    },
    stop() {
      turn += 1;
      state.value = 'idle';
    },
  };
}
