import type { ComponentChildren } from 'preact';
import { formatMoney } from '../contract/money.ts';
import type { ReversalView } from '../contract/reversals.ts';
import { dashboardHash } from '../ui/dashboard-url.ts';
import { dateTime } from './date-time.ts';
import { Participant } from './Participant.tsx';

export function ReversalFacts({ view }: { view: ReversalView }) {
  const facts: [string, ComponentChildren][] = [
    ['Reward', <code key="v">{view.reward}</code>],
    ['Unit', view.unit],
    ['Credited', formatMoney(view.money)],
    ['Customer', <code key="v">{view.customer}</code>],
    ['Credit', <code key="v">{view.credit}</code>],
    ['For', <Participant key="v" accountId={view.accountId} userId={view.userId} />],
    ['Proposed', dateTime(view.proposedAt)],
  ];
  if (view.linkedTo && view.linkedTo !== view.customer)
    facts.splice(6, 0, ['Linked then to', <code key="v">{view.linkedTo}</code>]);
  if (view.decidedAt !== null) facts.push(['Decided', dateTime(view.decidedAt)]);
  if (view.decidedBy !== null) facts.push(['By', view.decidedBy]);
  if (view.reversed) facts.push(['Taken back', formatMoney(view.reversed)]);
  if (view.transaction) facts.push(['Transaction', <code key="v">{view.transaction}</code>]);
  if (view.debit) facts.push(['Owed since', formatMoney(view.debit)]);
  return (
    <div class="block">
      <h3>Record</h3>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={dashboardHash('audit', view.reward)}>Everything that happened to this reward</a>
      </p>
    </div>
  );
}
