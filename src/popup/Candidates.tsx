import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { formatMoney } from '../contract/money.ts';
import type { Candidate } from '../contract/routes.ts';
import { EVIDENCE_WORDS, linkable, WARNING_WORDS } from '../ui/evidence.ts';

type Props = { candidates: Candidate[]; chosen: Signal<string | null> };

/** Customers to choose from, each with what speaks for and against it. */
export function Candidates({ candidates, chosen }: Props) {
  const group = useId();
  if (candidates.length === 0) return null;
  return (
    <fieldset class="rows">
      <legend class="sr-only">Customers</legend>
      {candidates.map((one) => (
        <label key={one.id} class="choice choice-radio">
          <input
            type="radio"
            name={group}
            value={one.id}
            checked={chosen.value === one.id}
            disabled={!linkable(one)}
            onChange={() => {
              chosen.value = one.id;
            }}
          />
          <span class="choice-words">
            <span class="item-title">{one.name ?? one.email ?? one.id}</span>
            {one.email && <span class="muted">{one.email}</span>}
            <span class="muted small">
              <code>{one.id}</code> · {billing(one)} · since {new Date(one.createdAt).toLocaleDateString()}
            </span>
            {one.evidence.length > 0 && (
              <span class="row">
                {one.evidence.map((kind) => (
                  <span key={kind} class="badge badge-good">
                    {EVIDENCE_WORDS[kind]}
                  </span>
                ))}
              </span>
            )}
            {one.warnings.map((kind) => (
              <span key={kind} class="hint hint-warn">
                {WARNING_WORDS[kind]}
              </span>
            ))}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function billing({ currency, credit }: Candidate): string {
  if (!currency) return 'no currency yet';
  return credit && credit.amount !== 0 ? `${currency}, credit ${formatMoney(credit)}` : currency;
}
