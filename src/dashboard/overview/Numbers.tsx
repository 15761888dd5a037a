import type { Overview } from '../../contract/overview.ts';
import { say, sayCount } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { currenciesIn } from './overview-data.ts';

/** The big numbers, one for each currency. */
export function Numbers({ overview: { credited, reversed } }: { overview: Overview }) {
  const currencies = currenciesIn({ credited, reversed });
  if (currencies.length === 0) return <p class="empty">{say('overview_none')}</p>;
  return (
    <dl class="sums">
      {currencies.map((currency) => {
        const paid = credited.find((sum) => sum.currency === currency);
        const back = reversed.find((sum) => sum.currency === currency);
        return (
          <div key={currency}>
            <dt>{say('overview_credited_in', { currency })}</dt>
            <dd>{money({ amount: paid?.amount ?? 0, currency })}</dd>
            <dd class="ov-beside muted">
              {sayCount('overview_credit_count', paid?.count ?? 0)}
              {back && back.amount > 0 && ` · ${say('overview_reversed_of', { amount: money(back) })}`}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
