import { useSignal } from '@preact/signals';
import type { HeldReward, PopupState } from '../contract/messages.ts';
import { locale, sayAround, sayCount } from '../locales/say.ts';
import { HeldRow } from './HeldRow.tsx';

const SHOWN_AT_FIRST = 3;

/** Rewards that need a person, oldest first. */
export function HeldList({ queue, admin }: { queue: PopupState['queue']; admin: boolean }) {
  const all = useSignal(false);
  const { held, counts } = queue;
  if (counts.held === 0) return null;
  const shown: HeldReward[] = all.value ? held : held.slice(0, SHOWN_AT_FIRST);
  return (
    <section class="stack" aria-labelledby="held">
      <h2 id="held">{sayAround('popup_held_title', { count: <span class="count">{counts.held}</span> })}</h2>
      {held.length === 0 ? (
        // Only how many is known before the worker answers.
        <span class="bone" />
      ) : (
        <ul class="rows">
          {shown.map((one) => (
            <HeldRow key={one.reward} held={one} admin={admin} />
          ))}
        </ul>
      )}
      {!all.value && held.length > SHOWN_AT_FIRST && (
        <button
          type="button"
          class="button button-plain"
          onClick={() => {
            all.value = true;
          }}
        >
          {sayCount('popup_held_more', held.length - SHOWN_AT_FIRST)}
        </button>
      )}
      {all.value && counts.held > held.length && (
        <p class="hint">
          {sayCount('popup_held_oldest', held.length, {
            all: new Intl.NumberFormat(locale()).format(counts.held),
          })}
        </p>
      )}
    </section>
  );
}
