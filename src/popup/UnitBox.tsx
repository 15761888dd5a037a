import type { Signal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { UNIT_KINDS } from '../contract/unit.ts';
import type { UnitCheck, UnitView } from './unit-check.ts';

type Props = {
  typed: Signal<string>;
  check: UnitCheck;
  known: UnitView[] | null;
  configured: string[];
  onAdd: (unit: string) => void;
  onAddTyped: () => void;
};

export function UnitBox({ typed, check, known, configured, onAdd, onAddTyped }: Props) {
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
        <label for={`${id}k`}>Kind of unit</label>
        <select id={`${id}k`} class="input">
          {UNIT_KINDS.map(({ kind, name, usable, why }) => (
            <option key={kind} value={kind} disabled={!usable}>
              {why ? `${name}: ${why}` : name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={`${id}u`}>Unit</label>
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
            value={typed.value}
            aria-invalid={check.tone === 'bad'}
            aria-describedby={`${id}h`}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <button type="submit" class="button" disabled={!check.ok}>
            Add unit
          </button>
        </div>
        <p id={`${id}h`} class={`hint hint-${check.tone}`} aria-live="polite">
          {check.sentence}
        </p>
      </div>
      {usable.length > 0 && (
        <div class="field">
          <p class="hint" id={`${id}s`}>
            Ready to use in Advocate:
          </p>
          <ul class="row" aria-labelledby={`${id}s`}>
            {usable.map(({ unit, currency }) => (
              <li key={unit}>
                {currency ? (
                  <button type="button" class="chip" aria-label={`Add ${unit}`} onClick={() => onAdd(unit)}>
                    <span aria-hidden="true">+</span> {unit}
                  </button>
                ) : (
                  <button
                    type="button"
                    class="chip"
                    aria-label={`Type a currency for ${unit}`}
                    onClick={() => {
                      typed.value = `${unit}/`;
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
