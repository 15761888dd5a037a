/** The year's history, chained as the proxy chains it. */
import type { AuditAction } from '../../src/contract/audit.ts';
import { type AuditRow, EMPTY_HEAD, type Head, hashOf } from '../../src/proxy/audit.ts';
import type { LedgerRow } from '../../src/proxy/ledger.ts';
import { DAY, type Planned, type Year } from './planned.ts';
import type { Booked, Browser, Place } from './write-rows.ts';

type Deed = {
  at: number;
  action: AuditAction;
  subject: string;
  by: Browser | null;
  before?: object | null;
  after?: object | null;
};

export function auditOf(
  year: Year,
  place: Place,
  rowOf: (planned: Planned) => LedgerRow | null,
  booked: Map<string, Booked>,
): { rows: AuditRow[]; head: Head } {
  const [admin] = place.browsers;
  const start = year.now - 366 * DAY;
  const deeds: Deed[] = place.browsers.map((browser, i) => ({
    at: start + i * 60_000,
    action: 'paired',
    subject: browser.id,
    by: browser,
    after: { role: browser.role },
  }));
  deeds.push({ at: start + 200_000, action: 'connected', subject: place.account, by: admin });
  deeds.push({ at: start + 300_000, action: 'settings_changed', subject: 'settings', by: admin });
  for (const planned of year.planned) deeds.push(...deedsOf(planned, place, rowOf(planned), booked));
  deeds.sort((a, b) => a.at - b.at);

  let head = EMPTY_HEAD;
  const rows = deeds.map(({ at, action, subject, by, before = null, after = null }): AuditRow => {
    const row = {
      seq: head.seq + 1,
      at,
      actor: by?.id ?? null,
      actor_name: by?.name ?? null,
      mode: action === 'paired' ? null : ('test' as const),
      action,
      subject,
      before: before && JSON.stringify(before),
      after: after && JSON.stringify(after),
    };
    const hash = hashOf(head.hash, row);
    head = { seq: row.seq, hash };
    return { ...row, hash };
  });
  return { rows, head };
}

function deedsOf(
  { reward, paid, held, takenBack }: Planned,
  { browsers }: Place,
  row: LedgerRow | null,
  booked: Map<string, Booked>,
): Deed[] {
  const subject = reward.id;
  const deeds: Deed[] = [];
  const by = paid === null ? null : browsers[paid.by];
  if (row !== null && row.credited_at !== null) {
    const { amount, currency, customer, credit } = row;
    const money = { amount, currency };
    const known = booked.get(subject);
    const balance = (of: number | undefined) => ({ balance: { amount: of ?? 0, currency } });
    const after = { ...balance(known?.after), money, customer, credit };
    deeds.push({
      at: row.credited_at,
      action: 'credited',
      subject,
      by,
      before: balance(known?.before),
      after,
    });
  }
  if (row !== null && row.redeemed_at !== null)
    deeds.push({
      at: row.redeemed_at,
      action: 'redeemed',
      subject,
      by,
      after: { redeemed: row.redeem_amount, unit: row.unit },
    });
  if (held !== null)
    deeds.push({ at: held.at, action: 'held', subject, by: browsers[0], after: { reason: held.reason } });
  if (takenBack === null) return deeds;
  const { state, cause, linkedTo, proposedAt, decidedAt } = takenBack;
  const proposed = { state: 'proposed', cause, linkedTo };
  deeds.push({ at: proposedAt, action: 'reversal_proposed', subject, by: null, after: proposed });
  const amount = booked.get(subject)?.takenBack ?? 0;
  if (decidedAt === null) return deeds;
  if (state === 'reversed' && amount > 0) {
    const money = { amount, currency: row?.currency };
    const decision = { subject, before: proposed };
    deeds.push({
      at: decidedAt - 400,
      action: 'reversal_confirmed',
      by: browsers[0],
      ...decision,
      after: money,
    });
    deeds.push({ at: decidedAt, action: 'reversed', by: null, ...decision, after: money });
  } else
    deeds.push({ at: decidedAt, action: 'reversal_dismissed', subject, by: browsers[0], before: proposed });
  return deeds;
}
