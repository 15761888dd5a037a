import { useMemo } from 'preact/hooks';
import type { Overview } from '../../contract/overview.ts';
import { say, sayCount } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import type { Line, PlotData } from './Drawing.tsx';
import { asUnits, type CurrencyDays, currenciesOf } from './overview-data.ts';
import { Plot } from './Plot.tsx';
import { dayWords, number, roughMoney } from './words.ts';

/** Credits of each day, a plot for each currency: amounts of two currencies say nothing about each other. */
export function Credits({ overview }: { overview: Overview }) {
  const currencies = useMemo(() => currenciesOf(overview), [overview]);
  return (
    <section class="block" aria-labelledby="credits">
      <h3 id="credits">{say('overview_credits_title')}</h3>
      <div class="ov-plots">
        {currencies.map((one) => (
          <CurrencyPlot key={one.currency} of={one} />
        ))}
      </div>
    </section>
  );
}

function CurrencyPlot({ of: { currency, days } }: { of: CurrencyDays }) {
  const sum = (amount: number) => money({ amount, currency });
  const anyReversed = days.some(({ reversed }) => reversed > 0);
  const data = useMemo((): PlotData => {
    const lines: Line[] = [
      { values: days.map((one) => asUnits(one.credited, currency)), colour: 'accent', shape: 'bars' },
    ];
    // Beneath the line, so that colour is not all that tells them apart.
    if (anyReversed)
      lines.push({
        values: days.map((one) => -asUnits(one.reversed, currency)),
        ...{ colour: 'warn', shape: 'bars' },
      });
    const scale = (units: number) => roughMoney(units, currency);
    return { days: days.map(({ day }) => day), lines, scale };
  }, [days]);
  const all = days.reduce((total, { credited }) => total + credited, 0);
  const back = days.reduce((total, { reversed }) => total + reversed, 0);
  const most = days.reduce((best, one) => (one.credited > best.credited ? one : best));
  const told = (at: number) => {
    const day = days[at];
    if (!day) return '';
    const blanks = { day: dayWords(day.day), amount: sum(day.credited) };
    return day.reversed > 0
      ? sayCount('overview_credits_day_reversed', day.count, { ...blanks, reversed: sum(day.reversed) })
      : sayCount('overview_credits_day', day.count, blanks);
  };
  return (
    <Plot
      title={say('overview_credits_plot', { currency })}
      summary={
        most.count > 0
          ? say('overview_credits_summary', {
              amount: sum(all),
              most: sum(most.credited),
              day: dayWords(most.day),
            })
          : say('overview_credits_summary_none', { reversed: sum(back) })
      }
      data={data}
      names={[say('overview_credited'), say('overview_reversed')]}
      dayWords={told}
    >
      <table class="table ov-days">
        <thead>
          <tr>
            <th scope="col">{say('overview_day_utc')}</th>
            <th scope="col">{say('overview_credited')}</th>
            <th scope="col">{say('overview_credits')}</th>
            <th scope="col">{say('overview_reversed')}</th>
          </tr>
        </thead>
        <tbody>
          {days
            .filter(({ count, reversed }) => count > 0 || reversed > 0)
            .map(({ day, credited, count, reversed }) => (
              <tr key={day}>
                <th scope="row">{dayWords(day)}</th>
                <td class="table-amount">{sum(credited)}</td>
                <td class="table-amount">{number(count)}</td>
                <td class="table-amount">{sum(reversed)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Plot>
  );
}
