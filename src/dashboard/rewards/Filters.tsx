import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { REASON_CODES, REASONS } from '../../contract/reasons.ts';
import { QUEUE_STATES } from '../../contract/words.ts';
import { reasonWord } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { chosenMode } from '../../ui/chosen-mode.ts';
import { useStore } from '../store.ts';
import {
  canSort,
  day,
  EVERYTHING,
  FIRST_DAY,
  type Filter,
  isUnclaimed,
  LAST_DAY,
  queryOf,
  readFilter,
  SORTS,
} from './filter.ts';
import { stateWord } from './words.ts';

/** Nobody is asked before somebody has stopped typing for a moment. */
const TYPED_MS = 350;

type Props = { state: PopupState; filter: Filter };

/** What narrows the list; it goes into the address, and the list follows that. */
export function Filters({ state, filter }: Props) {
  const { narrow, route } = useStore();
  // By the address as it is then: what was typed takes effect a moment later, and must undo nothing of that moment.
  const set = (to: Partial<Filter>) =>
    narrow(queryOf(readFilter(queryOf({ ...readFilter(route.peek().query), ...to }))));
  const cleared = useSignal(0);
  const units = chosenMode(state)?.settings.units ?? [];
  const currencies = [
    ...new Set([...units.map((unit) => unit.slice(-3)), filter.currency ?? []].flat()),
  ].sort();
  // A reason belongs to one state; those of the others are not offered beneath it.
  const reasons = REASON_CODES.filter((code) => {
    const of = REASONS[code].state;
    return filter.state === null ? isUnclaimed(of) : of === filter.state;
  });
  const isNarrowed = Object.keys(queryOf({ ...filter, sort: 'newest' })).length > 0;
  return (
    <search class="rw-filters">
      <Search key={cleared.value} q={filter.q} set={(q) => set({ q })} />
      <Choice
        label={say('rewards_filter_state')}
        value={filter.state ?? ''}
        set={(value) => set({ state: QUEUE_STATES.find((one) => one === value) ?? null, reason: null })}
      >
        <option value="">{say('rewards_filter_any')}</option>
        {QUEUE_STATES.map((one) => (
          <option key={one} value={one}>
            {stateWord(one)}
          </option>
        ))}
      </Choice>
      {reasons.length > 0 && (
        <Choice
          label={say('rewards_filter_reason')}
          value={filter.reason ?? ''}
          set={(value) => set({ reason: REASON_CODES.find((one) => one === value) ?? null })}
        >
          <option value="">{say('rewards_filter_any')}</option>
          {reasons.map((one) => (
            <option key={one} value={one}>
              {reasonWord(one)}
            </option>
          ))}
        </Choice>
      )}
      <Choice
        label={say('rewards_filter_currency')}
        value={filter.currency ?? ''}
        set={(value) => set({ currency: value === '' ? null : value })}
      >
        <option value="">{say('rewards_filter_any')}</option>
        {currencies.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </Choice>
      <Day label={say('rewards_filter_from')} value={filter.from} set={(from) => set({ from })} />
      <Day label={say('rewards_filter_until')} value={filter.until} set={(until) => set({ until })} />
      <Choice
        label={say('rewards_filter_sort')}
        value={filter.sort}
        set={(value) => set({ sort: SORTS.find((one) => one === value) ?? 'newest' })}
      >
        {SORTS.map((one) => (
          <option key={one} value={one} disabled={!canSort(filter, one)}>
            {say(`rewards_sort_${one}`)}
          </option>
        ))}
      </Choice>
      {isNarrowed && (
        <Button
          class="button button-plain"
          onClick={() => {
            cleared.value += 1;
            narrow(queryOf({ ...EVERYTHING, sort: filter.sort }));
          }}
        >
          {say('rewards_filter_clear')}
        </Button>
      )}
    </search>
  );
}

function Search({ q, set }: { q: string; set: (q: string) => void }) {
  const id = useId();
  const typed = useSignal(q);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(q);
  const ask = (value: string) => {
    clearTimeout(timer.current);
    asked.current = value.trim();
    set(value);
  };
  // The address may change beside what is typed: by a link.
  useEffect(() => {
    if (q === asked.current) return;
    clearTimeout(timer.current);
    asked.current = q;
    typed.value = q;
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <form
      class="field rw-search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(typed.value);
      }}
    >
      <label for={id}>{say('rewards_filter_search')}</label>
      <input
        id={id}
        class="input"
        type="search"
        autocomplete="off"
        spellcheck={false}
        maxLength={255}
        aria-describedby={`${id}-hint`}
        value={typed.value}
        onInput={({ currentTarget: { value } }) => {
          typed.value = value;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => ask(value), TYPED_MS);
        }}
      />
      <p id={`${id}-hint`} class="hint">
        {say('rewards_filter_search_hint')}
      </p>
    </form>
  );
}

type ChoiceProps = {
  label: string;
  value: string;
  set: (value: string) => void;
  children: ComponentChildren;
};

function Choice({ label, value, set, children }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {children}
      </select>
    </div>
  );
}

type DayProps = { label: string; value: string | null; set: (value: string | null) => void };

/** What is no day yet, as while somebody types one, changes nothing; whoever leaves it so sees what still holds. */
function Day({ label, value, set }: DayProps) {
  const id = useId();
  const typed = useSignal(value ?? '');
  useEffect(() => {
    typed.value = value ?? '';
  }, [value]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        type="date"
        min={FIRST_DAY}
        max={LAST_DAY}
        value={typed.value}
        onChange={({ currentTarget }) => {
          typed.value = currentTarget.value;
          const written = day(currentTarget.value);
          if (written !== null || currentTarget.value === '') set(written);
        }}
        onBlur={() => {
          typed.value = value ?? '';
        }}
      />
    </div>
  );
}
