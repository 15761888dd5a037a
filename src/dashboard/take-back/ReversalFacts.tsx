import type { ComponentChildren } from 'preact';
import type { Money } from '../../contract/money.ts';
import type { ReversalView } from '../../contract/reversals.ts';
import { say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { dateTime } from '../date-time.ts';
import { Participant } from '../Participant.tsx';

const owed = (debit: Money, since: number | null): string =>
  since === null
    ? money(debit)
    : say('reversals_owed_since', { amount: money(debit), date: dateTime(since) });

export function ReversalFacts({ view }: { view: ReversalView }) {
  const facts: [string, ComponentChildren][] = [
    [say('reversals_fact_reward'), <code key="v">{view.reward}</code>],
    [say('reversals_fact_unit'), view.unit],
    [say('reversals_fact_credited'), money(view.money)],
    [say('reversals_fact_customer'), <code key="v">{view.customer}</code>],
    [say('reversals_fact_credit'), <code key="v">{view.credit}</code>],
    [say('reversals_fact_for'), <Participant key="v" accountId={view.accountId} userId={view.userId} />],
    [say('reversals_fact_proposed'), dateTime(view.proposedAt)],
  ];
  if (view.linkedTo && view.linkedTo !== view.customer)
    facts.splice(6, 0, [say('reversals_fact_linked_to'), <code key="v">{view.linkedTo}</code>]);
  if (view.decidedAt !== null) facts.push([say('reversals_fact_decided'), dateTime(view.decidedAt)]);
  if (view.decidedBy !== null) facts.push([say('reversals_fact_by'), view.decidedBy]);
  if (view.reversed) facts.push([say('reversals_fact_taken_back'), money(view.reversed)]);
  if (view.transaction)
    facts.push([say('reversals_fact_transaction'), <code key="v">{view.transaction}</code>]);
  if (view.debit) facts.push([say('reversals_fact_owed'), owed(view.debit, view.decidedAt)]);
  return (
    <div class="block">
      <h3>{say('reversals_record')}</h3>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={dashboardHash('audit', view.reward)}>{say('reversals_history')}</a>
      </p>
    </div>
  );
}
