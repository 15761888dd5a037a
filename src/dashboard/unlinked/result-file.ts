/** What became of each link, and who waits for one, as files for people. */

import { formatMoney } from '../../contract/money.ts';
import type { Mode } from '../../contract/words.ts';
import { titleSaid } from '../../locales/told.ts';
import { COLUMNS, csvLines, FOR_SPREADSHEETS, fileName } from '../csv-file.ts';
import type { Fault } from './check-rows.ts';
import type { Choices } from './choices.ts';
import type { LinkRun } from './link-run.ts';
import type { Row } from './read-unlinked.ts';
import { whoOf } from './who.ts';

export const resultName = (mode: Mode) => fileName('linking-result', mode);

export function resultParts({ wishes, outcomes }: Pick<LinkRun, 'wishes' | 'outcomes'>): string[] {
  const head = [...COLUMNS, 'result', 'linkNow', 'code', 'reason'];
  const rows = wishes.map((wish) => {
    const outcome = outcomes.get(whoOf(wish));
    const problem = outcome?.problem;
    const { code = '', title = '', detail = '' } = problem ?? {};
    const said = problem ? titleSaid(problem) : '';
    const reason = detail && detail !== title ? `${said} ${detail}` : said;
    return [
      ...[wish.accountId, wish.userId, wish.customer],
      ...[outcome?.state ?? 'not done', outcome?.current ?? '', code, reason],
    ];
  });
  return [FOR_SPREADSHEETS, csvLines([head, ...rows])];
}

export const unlinkedName = (mode: Mode) => fileName('unlinked', mode);

/** With the chosen customer where there is one, so that a filled-in copy can be imported. */
export function unlinkedParts(rows: readonly Row[], choices: Choices): string[] {
  const head = [...COLUMNS, 'name', 'email', 'rewards', 'waiting', 'oldest'];
  return [
    FOR_SPREADSHEETS,
    csvLines([
      head,
      ...rows.map((row) => [
        ...[row.accountId, row.userId, choices.chosen(row.who) ?? ''],
        ...[row.name ?? '', row.email ?? '', String(row.rewards)],
        ...[row.waiting.map((sum) => formatMoney(sum, 'en')).join(' + '), new Date(row.oldest).toISOString()],
      ]),
    ]),
  ];
}

export const faultsName = (mode: Mode) => fileName('import-errors', mode);

export function faultParts(faults: readonly Fault[]): string[] {
  const rows = faults.map(({ line, accountId, userId, customer, why }) => [
    ...[String(line), accountId, userId, customer, why],
  ]);
  return [FOR_SPREADSHEETS, csvLines([['line', ...COLUMNS, 'error'], ...rows])];
}
