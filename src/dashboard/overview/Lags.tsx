import { useMemo } from 'preact/hooks';
import type { Lag, Overview } from '../../contract/overview.ts';
import { say, sayCount } from '../../locales/say.ts';
import { Bars } from './Bars.tsx';
import { creditsIn, type LagDay, lagDaysOf, lagStepsOf, type Step } from './overview-data.ts';
import { Plot } from './Plot.tsx';
import { dayWords, duration, number } from './words.ts';

const MOST_IN_LINE = 100;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR],
  ...[DAY, 7 * DAY, 30 * DAY, 180 * DAY, 720 * DAY],
];

type KnownProps = { overview: Overview; lag: Lag };

/** How long it took from earned to credited. */
export function Lags({ overview }: { overview: Overview }) {
  const { lag } = overview;
  const all = creditsIn(overview.credited);
  if (!lag && all === 0) return null;
  return (
    <section class="block" aria-labelledby="lags">
      <h3 id="lags">{say('overview_lag_title')}</h3>
      {lag ? <Known overview={overview} lag={lag} all={all} /> : <p>{say('overview_lag_unknown_all')}</p>}
    </section>
  );
}

function Known({ overview, lag, all }: KnownProps & { all: number }) {
  const steps = lagStepsOf(overview);
  return (
    <>
      <p class="muted">
        {lag.count === 1
          ? say('overview_lag_lead_only', { p50: duration(lag.p50) })
          : say('overview_lag_lead', {
              credits: sayCount('overview_credit_count', lag.count),
              p50: duration(lag.p50),
              p90: duration(lag.p90),
            })}
      </p>
      {lag.count < all && (
        <p class="muted">
          {say('overview_lag_counted', {
            known: number(lag.count),
            credits: sayCount('overview_credit_count', all),
          })}
        </p>
      )}
      <div class="ov-plots">
        <LagPlot overview={overview} lag={lag} />
        <section class="ov-plot" aria-labelledby="lag-steps">
          <h4 id="lag-steps" class="item-title">
            {say('overview_lag_steps')}
          </h4>
          <Bars
            of={lag.count}
            bars={steps.map((step) => ({
              key: String(step.upTo),
              label: stepWords(step),
              count: step.count,
            }))}
          />
        </section>
      </div>
    </>
  );
}

const stepWords = ({ upTo, longerThan }: Step): string =>
  upTo === null
    ? say('overview_lag_longer', { time: duration(longerThan) })
    : say('overview_lag_up_to', { time: duration(upTo) });

function LagPlot({ overview, lag }: KnownProps) {
  const days = useMemo(() => lagDaysOf(overview), [overview]);
  const data = useMemo(() => {
    // A logarithm knows no zero.
    const of = (which: 'p50' | 'p90') =>
      days.map((one) => (one.lag ? Math.max(one.lag[which], SECOND) : null));
    return {
      days: days.map(({ day }) => day),
      // Up and down through very many days, lines would be a wall.
      lines: [
        { values: of('p50'), colour: 'accent', shape: days.length > MOST_IN_LINE ? 'dots' : 'line' },
        { values: of('p90'), colour: 'warn', shape: days.length > MOST_IN_LINE ? 'rings' : 'dashes' },
      ] as const,
      scale: (ms: number) => duration(ms, 'short'),
      steps: STEPS,
    };
  }, [days]);
  const told = (at: number) => {
    const one = days[at];
    if (!one) return '';
    const day = dayWords(one.day);
    return one.lag
      ? say('overview_lag_day', { day, p50: duration(one.lag.p50), p90: duration(one.lag.p90) })
      : say(one.credits > 0 ? 'overview_lag_day_unknown' : 'overview_lag_day_none', { day });
  };
  return (
    <Plot
      title={say('overview_lag_plot')}
      summary={say('overview_lag_summary', { p50: duration(lag.p50), p90: duration(lag.p90) })}
      data={data}
      names={[say('overview_lag_p50'), say('overview_lag_p90')]}
      dayWords={told}
    >
      <table class="table ov-days">
        <thead>
          <tr>
            <th scope="col">{say('overview_day_utc')}</th>
            <th scope="col">{say('overview_lag_p50')}</th>
            <th scope="col">{say('overview_lag_p90')}</th>
            <th scope="col">{say('overview_credits')}</th>
          </tr>
        </thead>
        <tbody>
          {days
            .filter(({ credits }) => credits > 0)
            .map((one) => (
              <tr key={one.day}>
                <th scope="row">{dayWords(one.day)}</th>
                <td class="table-amount">{one.lag ? duration(one.lag.p50) : say('overview_lag_unknown')}</td>
                <td class="table-amount">{one.lag ? duration(one.lag.p90) : say('overview_lag_unknown')}</td>
                <td class="table-amount">{countedWords(one)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Plot>
  );
}

const countedWords = ({ lag, credits }: LagDay): string => {
  const known = lag?.count ?? 0;
  return known === credits
    ? number(credits)
    : say('overview_lag_known_of', { known: number(known), all: number(credits) });
};
