import { say } from '../../locales/say.ts';
import { troubleOf, type UnitView } from './unit-check.ts';

type Props = { units: string[]; known: UnitView[] | null; onRemove: ((unit: string) => void) | undefined };

/** The units that pay through Stripe; one that Advocate no longer lets be paid says so. */
export function UnitList({ units, known, onRemove }: Props) {
  if (units.length === 0) return null;
  return (
    <ul class="units" aria-label={say('settings_units_label')}>
      {units.map((unit) => (
        <li key={unit}>
          <div class="row row-spread">
            <code class="unit">{unit}</code>
            {onRemove && (
              <button
                type="button"
                class="button button-plain"
                aria-label={say('settings_unit_remove_one', { unit })}
                onClick={() => onRemove(unit)}
              >
                {say('settings_unit_remove')}
              </button>
            )}
          </div>
          {known && troubleOf(unit, known) && <p class="hint hint-warn">{troubleOf(unit, known)}</p>}
        </li>
      ))}
    </ul>
  );
}
