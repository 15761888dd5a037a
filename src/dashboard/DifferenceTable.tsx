import { formatMoney } from '../contract/money.ts';
import type { ReconcileLine } from '../contract/reconciliation.ts';
import { dashboardHash } from '../ui/dashboard-url.ts';
import { FINDING_WORDS } from './finding-words.ts';

export function DifferenceTable({ lines }: { lines: ReconcileLine[] }) {
  return (
    <table class="table" aria-label="Differences">
      <thead>
        <tr>
          <th scope="col">Finding</th>
          <th scope="col">What differs</th>
          <th scope="col">Amount</th>
          <th scope="col">Customer</th>
          <th scope="col">Reward</th>
          <th scope="col">Credit</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.reward} ${line.credit} ${line.finding}`}>
            <td>
              <span class="badge badge-bad">{FINDING_WORDS[line.finding].name}</span>
            </td>
            <td class="table-words" data-label="What differs">
              {line.detail ?? FINDING_WORDS[line.finding].means}
            </td>
            <td class="table-amount" data-label="Amount">
              {line.money ? formatMoney(line.money) : '–'}
            </td>
            <td data-label="Customer">{line.customer ? <code>{line.customer}</code> : '–'}</td>
            <td data-label="Reward">
              {line.reward ? (
                <a href={dashboardHash('audit', line.reward)}>
                  <code>{line.reward}</code>
                </a>
              ) : (
                'None'
              )}
            </td>
            <td data-label="Credit">{line.credit ? <code>{line.credit}</code> : 'None'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
