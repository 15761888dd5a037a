import { REFUSAL_WORDS, type UnitView } from './unit-check.ts';

type Props = { units: string[]; known: UnitView[] | null; onRemove: ((unit: string) => void) | undefined };

/** The units that pay through Stripe; one that Advocate no longer lets be paid says so. */
export function UnitList({ units, known, onRemove }: Props) {
  if (units.length === 0) return null;
  return (
    <ul class="units" aria-label="Units that become credit">
      {units.map((unit) => (
        <li key={unit}>
          <div class="row row-spread">
            <code class="unit">{unit}</code>
            {onRemove && (
              <button
                type="button"
                class="button button-plain"
                aria-label={`Remove ${unit}`}
                onClick={() => onRemove(unit)}
              >
                Remove
              </button>
            )}
          </div>
          {known && trouble(unit, known) && <p class="hint hint-warn">{trouble(unit, known)}</p>}
        </li>
      ))}
    </ul>
  );
}

function trouble(unit: string, known: UnitView[]): string | null {
  const view = known.find((one) => one.unit === unit);
  if (!view) return REFUSAL_WORDS.unknown_to_advocate;
  return view.why && REFUSAL_WORDS[view.why];
}
