import { useSignal } from '@preact/signals';
import type { HeldReward, PopupState } from '../contract/messages.ts';
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
      <h2 id="held">
        Needs you <span class="count">{counts.held}</span>
      </h2>
      <ul class="rows">
        {shown.map((one) => (
          <HeldRow key={one.reward} held={one} admin={admin} />
        ))}
      </ul>
      {!all.value && held.length > SHOWN_AT_FIRST && (
        <button
          type="button"
          class="button button-plain"
          onClick={() => {
            all.value = true;
          }}
        >
          Show {held.length - SHOWN_AT_FIRST} more
        </button>
      )}
      {all.value && counts.held > held.length && (
        <p class="hint">
          These are the oldest {held.length} of {counts.held}.
        </p>
      )}
    </section>
  );
}
