import { useId } from 'preact/hooks';
import { formatMoney } from '../contract/money.ts';
import type { Settings } from '../contract/routes.ts';
import {
  CAP_NAMES,
  CAPS,
  type Cap,
  capWords,
  currenciesOf,
  keyOf,
  type LimitsDraft,
  savedCap,
  shownCap,
} from './limits-draft.ts';
import { readAmount } from './typed-amount.ts';

type Props = {
  currency: string;
  settings: Settings;
  draft: LimitsDraft | null;
  onType: (key: string, text: string) => void;
};

/** The caps of one currency. Beneath each box stands how it is read, so that no comma is mistaken. */
export function CapBoxes({ currency, settings, draft, onType }: Props) {
  const paysNow = settings.units.some((unit) => unit.endsWith(`/${currency}`));
  const amountOf = (cap: Cap) => {
    const read = readAmount(shownCap(settings, draft, currency, cap), currency);
    return read.ok ? read.amount : null;
  };
  const [perCredit, perDay] = [amountOf('perCredit'), amountOf('perDay')];
  return (
    <fieldset class="caps">
      <legend>{currency}</legend>
      {!paysNow && <p class="hint caps-hint">No unit pays in {currency} at the moment.</p>}
      {CAPS.map((cap) => (
        <CapBox
          key={cap}
          cap={cap}
          currency={currency}
          saved={savedCap(settings, currency, cap)}
          text={shownCap(settings, draft, currency, cap)}
          onType={(text) => onType(keyOf(currency, cap), text)}
        />
      ))}
      {perCredit !== null && perDay !== null && perCredit > perDay && (
        <p class="hint hint-warn caps-hint">
          A reward between the two would never fit into a day: it waits until an admin lets it through.
        </p>
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
  const read = readAmount(text, currency);
  const changed = !read.ok || read.amount !== saved;
  const hint = () => {
    if (!read.ok) return read.problem;
    // The empty box says so itself.
    if (!changed && read.amount === null) return null;
    const now = read.amount === null ? 'No cap' : formatMoney({ amount: read.amount, currency });
    return changed ? `${now}; saved is ${capWords(saved, currency)}` : now;
  };
  return (
    <div class="field">
      <label for={id}>
        {CAP_NAMES[cap]} ({currency})
      </label>
      <input
        id={id}
        class="input"
        type="text"
        inputMode="decimal"
        autocomplete="off"
        placeholder="No cap"
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
            <dt>
              {CAP_NAMES[cap]} ({currency})
            </dt>
            <dd>{capWords(savedCap(settings, currency, cap), currency)}</dd>
          </div>
        )),
      )}
    </dl>
  );
}
