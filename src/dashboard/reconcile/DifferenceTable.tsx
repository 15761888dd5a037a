import type { ReconcileLine } from '../../contract/reconciliation.ts';
import { say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { differenceSaid, findingName } from './finding-words.ts';

export function DifferenceTable({ lines }: { lines: ReconcileLine[] }) {
  return (
    <table class="table" aria-label={say('reconcile_differences')}>
      <thead>
        <tr>
          <th scope="col">{say('reconcile_column_finding')}</th>
          <th scope="col">{say('reconcile_column_what')}</th>
          <th scope="col">{say('reconcile_column_amount')}</th>
          <th scope="col">{say('reconcile_column_customer')}</th>
          <th scope="col">{say('reconcile_column_reward')}</th>
          <th scope="col">{say('reconcile_column_credit')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.reward} ${line.credit} ${line.finding}`}>
            <td>
              <span class="badge badge-bad">{findingName(line.finding)}</span>
            </td>
            <td class="table-words" data-label={say('reconcile_column_what')}>
              {differenceSaid(line)}
            </td>
            <td class="table-amount" data-label={say('reconcile_column_amount')}>
              {line.money ? money(line.money) : '–'}
            </td>
            <td data-label={say('reconcile_column_customer')}>
              {line.customer ? <code>{line.customer}</code> : '–'}
            </td>
            <td data-label={say('reconcile_column_reward')}>
              {line.reward ? (
                <a href={dashboardHash('audit', line.reward)}>
                  <code>{line.reward}</code>
                </a>
              ) : (
                say('reconcile_none')
              )}
            </td>
            <td data-label={say('reconcile_column_credit')}>
              {line.credit ? <code>{line.credit}</code> : say('reconcile_none')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
