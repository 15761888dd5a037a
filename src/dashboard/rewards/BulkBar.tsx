import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import { say, sayCount } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { placeOf } from '../surroundings.ts';
import { DEEDS, type Deed } from './deeds.ts';
import type { RewardsDesk } from './desk.ts';
import type { Reward } from './read-rewards.ts';
import { sumsOf } from './selection.ts';
import { count, countAndSums, deedWords } from './words.ts';

type Props = { desk: RewardsDesk; state: PopupState };

/** What can be done to the chosen ones. Only there while something is chosen. */
export function BulkBar({ desk, state }: Props) {
  const asking = useSignal<{ deed: Deed; rows: Reward[]; of: number } | null>(null);
  /** Said of those that were chosen then. */
  const none = useSignal<{ deed: Deed; version: number } | null>(null);
  const version = desk.selection.version.value;
  const size = desk.selection.size();
  if (size === 0) return null;
  const busy = desk.isUnfinished();
  return (
    <section class="rw-bulk row row-spread" aria-label={say('rewards_bulk_label')}>
      <p role="status">
        {sayCount('rewards_bulk_chosen', size)}
        {none.value?.version === version && ` ${say(`rewards_bulk_none_${none.value.deed}`)}`}
      </p>
      <span class="row">
        {DEEDS.map((deed) => (
          <Button
            key={deed}
            class="button"
            busy={busy}
            onClick={() => {
              const rows = desk.fitting(deed);
              none.value = rows.length === 0 ? { deed, version } : null;
              asking.value = rows.length === 0 ? null : { deed, rows, of: size };
            }}
          >
            {say(`rewards_bulk_${deed}`)}
          </Button>
        ))}
        <Button class="button button-plain" onClick={() => desk.selection.clear()}>
          {say('rewards_bulk_clear')}
        </Button>
      </span>
      {asking.value && (
        <Question
          {...asking.value}
          state={state}
          onYes={({ deed, rows }) => {
            asking.value = null;
            desk.begin(deed, rows);
          }}
          onNo={() => {
            asking.value = null;
          }}
        />
      )}
    </section>
  );
}

type Asked = { deed: Deed; rows: Reward[]; of: number };
type QuestionProps = Asked & { state: PopupState; onYes: (asked: Asked) => void; onNo: () => void };

/** How many, how much in each currency, what becomes of them, and where. */
function Question({ deed, rows, of, state, onYes, onNo }: QuestionProps) {
  const words = deedWords(deed, rows.length);
  return (
    <ConfirmDialog
      title={say('rewards_bulk_question', { deed: words })}
      yes={words}
      onYes={() => onYes({ deed, rows, of })}
      onNo={onNo}
    >
      <p class="amount">{countAndSums(rows.length, sumsOf(rows))}</p>
      <p>{say(`rewards_bulk_${deed}_means`)}</p>
      {rows.length < of && <p>{sayCount('rewards_bulk_left_out', of - rows.length, { all: count(of) })}</p>}
      <p class="muted">{placeOf(state)}</p>
    </ConfirmDialog>
  );
}
