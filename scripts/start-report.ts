import type { Demo } from '../sandbox/demo.ts';
import type { PopupState } from '../src/contract/messages.ts';
import { formatMoney, type Money, sumByCurrency } from '../src/contract/money.ts';

export type StartReport = {
  found: number;
  credited: number;
  redeemed: number;
  waiting: number;
  held: number;
  duplicates: number;
  lost: number;
  seconds: number;
};

type Line = { what: string; count: number; sums: Money[] };

const UNPAID = ['waiting', 'ready', 'crediting', 'credited'] as const;

/** What the simulators hold decides; the queue only says why something is not paid. */
export function report({ account, queue }: Demo, seconds: number): StartReport {
  const { found, credited, redeemed, findings } = account;
  const waiting = UNPAID.reduce((sum, state) => sum + queue.counts[state], 0);
  const { held } = queue.counts;
  const unaccounted = Math.max(0, found.length - redeemed.length - waiting - held);
  const of = (kind: string) => findings.filter((finding) => finding.kind === kind).length;
  return {
    found: found.length,
    credited: credited.length,
    redeemed: redeemed.length,
    waiting,
    held,
    duplicates: of('duplicate'),
    lost: of('lost') + of('wrong') + unaccounted,
    seconds: Math.round(seconds),
  };
}

const words = (reason: string) => reason.replaceAll('_', ' ');

function reasons(queue: PopupState['queue']): Line[] {
  const waiting = new Map<string, Line>();
  for (const { reason, count, sums } of queue.waiting)
    add(waiting, `  waiting, ${words(reason)}`, count, sums);
  const held = new Map<string, Line>();
  for (const { reason, money } of queue.held) add(held, `  held, ${words(reason)}`, 1, money ? [money] : []);
  return [...waiting.values(), ...held.values()];
}

function add(lines: Map<string, Line>, what: string, count: number, sums: Money[]): void {
  const line = lines.get(what) ?? { what, count: 0, sums: [] };
  lines.set(what, { what, count: line.count + count, sums: sumByCurrency([...line.sums, ...sums]) });
}

const money = (sums: Money[]) => sums.map((sum) => formatMoney(sum, 'en')).join(' · ');

/** The short table that `npm start` closes with. */
export function table({ account, queue }: Demo): string {
  const line = (what: string, due: Money[]): Line => ({ what, count: due.length, sums: sumByCurrency(due) });
  const lines = [
    line('found', account.found),
    line('credited', account.credited),
    line('redeemed', account.redeemed),
    ...reasons(queue),
  ];
  const width = Math.max(...lines.map(({ what }) => what.length));
  const rows = lines.map(({ what, count, sums }) =>
    `${what.padEnd(width)}  ${String(count).padStart(4)}  ${money(sums)}`.trimEnd(),
  );
  const names = Math.max(...account.changes.map(({ name }) => name.length));
  const customers = account.changes.map(({ name, currency, before, after }) => {
    const show = (amount: number) => formatMoney({ amount, currency }, 'en');
    return `  ${name.padEnd(names)}  ${show(before)} → ${show(after)}`;
  });
  return ['', 'Rewards', ...rows.map((row) => `  ${row}`), '', 'Credit per customer', ...customers, ''].join(
    '\n',
  );
}
