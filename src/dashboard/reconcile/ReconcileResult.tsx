import type { Answers } from '../../contract/messages.ts';
import type { Money } from '../../contract/money.ts';
import { FINDINGS } from '../../contract/reconciliation.ts';
import { locale, say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { dateTime } from '../date-time.ts';
import { DifferenceTable } from './DifferenceTable.tsx';
import {
  countOf,
  differenceCount,
  duration,
  findingMeans,
  findingName,
  isDifference,
  verdict,
} from './finding-words.ts';

/** The verdict first, then what it rests on. */
export function ReconcileResult({ answer }: { answer: Answers['reconcile'] }) {
  const { summary, differences } = answer;
  const count = differenceCount(summary);
  const unfinished = countOf(summary, 'under_way');
  return (
    <div class="view">
      <div class={`notice verdict ${count > 0 ? 'notice-bad' : 'notice-good'}`} role="status">
        <p class="notice-title">{verdict(summary)}</p>
        <p>{readWords(summary)}</p>
        {unfinished > 0 && <p>{say('reconcile_unfinished')}</p>}
      </div>

      <div class="block">
        <h3>{say('reconcile_sums')}</h3>
        <dl class="sums">
          <Sums name={say('reconcile_credited')} of={summary.credited} />
          <Sums name={say('reconcile_taken_back')} of={summary.reversed} />
        </dl>
      </div>

      <div class="block">
        <h3>{say('reconcile_findings')}</h3>
        <dl class="findings">
          {FINDINGS.map((finding) => {
            const found = countOf(summary, finding);
            return (
              <div
                key={finding}
                class={found > 0 && isDifference(finding) ? 'finding finding-bad' : 'finding'}
              >
                <dt>
                  {findingName(finding)}
                  <span class="muted small">{findingMeans(finding)}</span>
                </dt>
                <dd>{number(found)}</dd>
              </div>
            );
          })}
        </dl>
      </div>

      {differences.length > 0 && (
        <div class="block">
          <h3>{say('reconcile_differences')}</h3>
          {count > differences.length && (
            <p class="muted">
              {say('reconcile_first_of', { shown: number(differences.length), all: number(count) })}
            </p>
          )}
          <DifferenceTable lines={differences} />
        </div>
      )}
    </div>
  );
}

const number = (count: number): string => new Intl.NumberFormat(locale()).format(count);

function readWords({
  mode,
  tenant,
  account,
  startedAt,
  finishedAt,
}: Answers['reconcile']['summary']): string {
  const read = { tenant, when: dateTime(finishedAt), duration: duration(finishedAt - startedAt) };
  return account === null
    ? say(`reconcile_read_${mode}`, read)
    : say(`reconcile_read_${mode}_account`, { ...read, account });
}

function Sums({ name, of }: { name: string; of: Money[] }) {
  return (
    <div>
      <dt>{name}</dt>
      {of.length === 0 ? (
        <dd>{say('reconcile_none')}</dd>
      ) : (
        of.map((sum) => <dd key={sum.currency}>{money(sum)}</dd>)
      )}
    </div>
  );
}
