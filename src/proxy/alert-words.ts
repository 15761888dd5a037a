/** What a team's channel reads. No names, no e-mails, no ids of people, no amounts: the dashboard shows those to whoever may. */
import type { AlertKind } from '../contract/health.ts';
import type { Mode } from '../contract/words.ts';

const HOUR_MS = 3_600_000;

export const differsSubject = (digest: string, differences: number) => `${digest} ${differences}`;
export type LostSubject = 'stripe' | 'advocate';

const hoursOf = (ms: number) => (ms === HOUR_MS ? '1 hour' : `${ms / HOUR_MS} hours`);

/** Several subjects of one kind make one message. */
export function alertText(
  mode: Mode,
  kind: AlertKind,
  subjects: readonly string[],
  nothingRunMs: number,
): string {
  switch (kind) {
    case 'held':
      return heldText(mode, subjects);
    case 'lost':
      return subjects.map((subject) => lostText(mode, subject)).join('\n');
    case 'quiet':
      return `Nothing has run in ${mode} mode for ${hoursOf(nothingRunMs)}: no browser with the admin role is open. Open one, and it goes on where it stopped. Nothing is lost.`;
    case 'differs':
      return differsText(mode, subjects.at(-1)?.split(' ')[1] ?? 'some');
  }
}

function heldText(mode: Mode, subjects: readonly string[]): string {
  const reasons = new Map<string, number>();
  for (const subject of subjects) {
    const reason = (subject.split(' ')[1] ?? 'unknown').replaceAll('_', ' ');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const list = [...reasons].map(([reason, count]) => `${count} × ${reason}`).join(', ');
  const what = subjects.length === 1 ? '1 reward is' : `${subjects.length} rewards are`;
  return `${what} held in ${mode} mode and need${subjects.length === 1 ? 's' : ''} a person: ${list}. Open Rewards in the dashboard.`;
}

const lostText = (mode: Mode, subject: string) =>
  subject === 'advocate'
    ? `Advocate refuses the proxy’s API key in ${mode} mode. Nothing is paid until it is corrected in the proxy’s settings file. Rewards are kept.`
    : `The connection to Stripe is lost in ${mode} mode. Nothing is paid until an admin connects the account again. Rewards are kept.`;

const differsText = (mode: Mode, count: string) =>
  `The last comparison in ${mode} mode found ${count} ${count === '1' ? 'difference' : 'differences'} between rewards, ledger and Stripe. Open Reconcile in the dashboard.`;
