import { useId, useRef } from 'preact/hooks';
import { UNIT_KINDS } from '../../contract/unit.ts';
import { say } from '../../locales/say.ts';
import type { UnitCheck, UnitView } from './unit-check.ts';

type Props = {
  /** As it stands in the box. */
  text: string;
  onType: (text: string) => void;
  check: UnitCheck;
  known: UnitView[] | null;
  configured: string[];
  onAdd: (unit: string) => void;
  onAddTyped: () => void;
};

export function UnitBox({ text, onType, check, known, configured, onAdd, onAddTyped }: Props) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const usable = (known ?? []).filter((one) => one.usable && !configured.includes(one.unit));
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAddTyped();
        // The button has nothing to add now and would lose the focus.
        box.current?.focus();
      }}
    >
      <div class="field">
        <label for={`${id}k`}>{say('settings_unit_kind')}</label>
        <select id={`${id}k`} class="input">
          {UNIT_KINDS.map(({ kind, usable }) => (
            <option key={kind} value={kind} disabled={!usable}>
              {say(`settings_unit_kind_${kind}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}u`}>{say('settings_unit_label')}</label>
        <div class="input-row">
          <input
            ref={box}
            id={`${id}u`}
            class="input mono"
            type="text"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            placeholder="STRIPE/USD"
            value={text}
            aria-invalid={check.tone === 'bad'}
            aria-describedby={`${id}h`}
            onInput={(event) => onType(event.currentTarget.value)}
          />
          <button type="submit" class="button" disabled={!check.ok}>
            {say('settings_unit_add')}
          </button>
        </div>
        <p id={`${id}h`} class={`hint hint-${check.tone}`} aria-live="polite">
          {check.sentence}
        </p>
      </div>
      {usable.length > 0 && (
        <div class="field">
          <p class="hint" id={`${id}s`}>
            {say('settings_unit_ready')}
          </p>
          <ul class="row" aria-labelledby={`${id}s`}>
            {usable.map(({ unit, currency }) => (
              <li key={unit}>
                {currency ? (
                  <button
                    type="button"
                    class="chip"
                    aria-label={say('settings_unit_add_one', { unit })}
                    onClick={() => onAdd(unit)}
                  >
                    <span aria-hidden="true">+</span> {unit}
                  </button>
                ) : (
                  <button
                    type="button"
                    class="chip"
                    aria-label={say('settings_unit_type_currency', { unit })}
                    onClick={() => {
                      onType(`${unit}/`);
                      box.current?.focus();
                    }}
                  >
                    {unit}/…
                  </button>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </form>
  );
}
