import type { Answers } from '../contract/messages.ts';
import { formatMoney, type Money } from '../contract/money.ts';
import { FINDINGS } from '../contract/reconciliation.ts';
import { DifferenceTable } from './DifferenceTable.tsx';
import { dateTime } from './date-time.ts';
import { countOf, differenceCount, duration, FINDING_WORDS, isDifference, verdict } from './finding-words.ts';

/** The verdict first, then what it rests on. */
export function ReconcileResult({ answer }: { answer: Answers['reconcile'] }) {
  const { summary, differences } = answer;
  const count = differenceCount(summary);
  const unfinished = countOf(summary, 'under_way');
  return (
    <div class="view">
      <div class={`notice verdict ${count > 0 ? 'notice-bad' : 'notice-good'}`} role="status">
        <p class="notice-title">{verdict(summary)}</p>
        <p>
          {summary.mode === 'live' ? 'Live' : 'Test'} mode, Advocate {summary.tenant}
          {summary.account && `, Stripe account ${summary.account}`}. Read on {dateTime(summary.finishedAt)}{' '}
          in {duration(summary.finishedAt - summary.startedAt)}.
        </p>
        {unfinished > 0 && (
          <p>What is under way is no difference; reconcile again later to see it matched.</p>
        )}
      </div>

      <div class="block">
        <h3>Sums</h3>
        <dl class="sums">
          <Sums name="Credited" of={summary.credited} />
          <Sums name="Taken back" of={summary.reversed} />
        </dl>
      </div>

      <div class="block">
        <h3>Findings</h3>
        <dl class="findings">
          {FINDINGS.map((finding) => {
            const found = countOf(summary, finding);
            const { name, means } = FINDING_WORDS[finding];
            return (
              <div
                key={finding}
                class={found > 0 && isDifference(finding) ? 'finding finding-bad' : 'finding'}
              >
                <dt>
                  {name}
                  <span class="muted small">{means}</span>
                </dt>
                <dd>{new Intl.NumberFormat().format(found)}</dd>
              </div>
            );
          })}
        </dl>
      </div>

      {differences.length > 0 && (
        <div class="block">
          <h3>Differences</h3>
          {count > differences.length && (
            <p class="muted">
              The first {differences.length} of {new Intl.NumberFormat().format(count)}. The signed report has
              them all.
            </p>
          )}
          <DifferenceTable lines={differences} />
        </div>
      )}
    </div>
  );
}

function Sums({ name, of }: { name: string; of: Money[] }) {
  return (
    <div>
      <dt>{name}</dt>
      {of.length === 0 ? <dd>None</dd> : of.map((sum) => <dd key={sum.currency}>{formatMoney(sum)}</dd>)}
    </div>
  );
}
