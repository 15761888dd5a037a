/** The results as a table for a terminal. */
import type { Result } from './row.ts';

const HEAD = ['name', 'ours', 'limit', 'ratio', 'target', 'ok'];

const number = (value: number | null, unit = ''): string =>
  value === null ? '–' : `${Number(value.toPrecision(value < 100 ? 3 : 4))}${unit && ` ${unit}`}`;

export function tableOf(results: readonly Result[]): string {
  const rows = results.map(({ name, ours, limit, ratio, target, unit, ok }) => [
    name,
    number(ours, unit),
    number(limit, limit === null ? '' : unit),
    number(ratio),
    target,
    ok ? 'yes' : 'NO',
  ]);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}
