import { useId } from 'preact/hooks';
import type { Settings } from '../../contract/routes.ts';
import { locale, say } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import {
  CAPS,
  type Cap,
  capName,
  capWords,
  currenciesOf,
  keyOf,
  type SettingsDraft,
  savedCap,
  shownCap,
  unitsOf,
} from './settings-draft.ts';
import { readAmount } from './typed-amount.ts';

type Props = {
  currency: string;
  settings: Settings;
  draft: SettingsDraft | null;
  onType: (cap: Cap, text: string) => void;
};

/** The caps of one currency. Beneath each box stands how it is read, so that no comma is mistaken. */
export function CapBoxes({ currency, settings, draft, onType }: Props) {
  const paysNow = unitsOf(settings, draft).some((unit) => unit.endsWith(`/${currency}`));
  const amountOf = (cap: Cap) => {
    const read = readAmount(shownCap(settings, draft, currency, cap), currency, locale());
    return read.ok ? read.amount : null;
  };
  const [perCredit, perDay] = [amountOf('perCredit'), amountOf('perDay')];
  return (
    <fieldset class="caps">
      <legend>{currency}</legend>
      {!paysNow && <p class="hint caps-hint">{say('settings_caps_unused', { currency })}</p>}
      {CAPS.map((cap) => (
        <CapBox
          key={cap}
          cap={cap}
          currency={currency}
          saved={savedCap(settings, currency, cap)}
          text={shownCap(settings, draft, currency, cap)}
          onType={(text) => onType(cap, text)}
        />
      ))}
      {perCredit !== null && perDay !== null && perCredit > perDay && (
        <p class="hint hint-warn caps-hint">{say('settings_caps_between')}</p>
      )}
    </fieldset>
  );
}

type BoxProps = {
  cap: Cap;
  currency: string;
  saved: number | null;
  text: string;
  onType: (text: string) => void;
};

function CapBox({ cap, currency, saved, text, onType }: BoxProps) {
  const id = useId();
  const read = readAmount(text, currency, locale());
  const changed = !read.ok || read.amount !== saved;
  const hint = () => {
    if (!read.ok) return read.problem;
    // The empty box says so itself.
    if (!changed && read.amount === null) return null;
    const now = read.amount === null ? say('settings_cap_empty') : money({ amount: read.amount, currency });
    return changed ? say('settings_cap_changed', { now, saved: capWords(saved, currency) }) : now;
  };
  return (
    <div class="field">
      <label for={id}>{capName(cap, currency)}</label>
      <input
        id={id}
        class="input"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        placeholder={say('settings_cap_empty')}
        value={text}
        aria-invalid={!read.ok}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onType(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class={read.ok ? 'hint' : 'hint hint-bad'} role="status">
        {hint()}
      </p>
    </div>
  );
}

/** The same to read, for whoever may not change it. */
export function CapList({ settings }: { settings: Settings }) {
  return (
    <dl class="facts">
      {currenciesOf(settings).flatMap((currency) =>
        CAPS.map((cap) => (
          <div key={keyOf(currency, cap)}>
            <dt>{capName(cap, currency)}</dt>
            <dd>{capWords(savedCap(settings, currency, cap), currency)}</dd>
          </div>
        )),
      )}
    </dl>
  );
}
