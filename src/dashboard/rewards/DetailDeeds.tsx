import { useSignal } from '@preact/signals';
import type { Deed } from '../../contract/holds.ts';
import type { PopupState } from '../../contract/messages.ts';
import { ProblemError } from '../../contract/problems.ts';
import { say } from '../../locales/say.ts';
import { RefusedError } from '../../ui/ask.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { isAdmin, placeOf } from '../surroundings.ts';
import { fits } from './deeds.ts';
import type { Reward } from './read-rewards.ts';
import { sumsOf } from './selection.ts';
import { countAndSums, deedWords } from './words.ts';

type Props = { row: Reward; state: PopupState; onDone: () => void };

/** What an admin can do about it by their own word; what its reason asks for stands above. */
export function DetailDeeds({ row, state, onDone }: Props) {
  const store = useStore();
  const task = useTask();
  const asking = useSignal<Deed | null>(null);
  const deeds = (['hold', 'dismiss'] as const).filter((deed) => fits(deed, row));
  if (!isAdmin(state) || deeds.length === 0) return null;
  const begin = (deed: Deed) =>
    void task.run(async () => {
      const { outcomes } = await store.doors.ask('holdRewards', { rewards: [row.reward], deed });
      const [outcome] = outcomes;
      if (outcome?.problem) throw new RefusedError(outcome.problem);
      if (!outcome?.done) throw new ProblemError('not_found');
      onDone();
    });
  return (
    <div class="stack">
      <div class="row">
        {deeds.map((deed) => (
          <Button
            key={deed}
            class="button"
            busy={task.busy.value}
            onClick={() => {
              asking.value = deed;
            }}
          >
            {say(`rewards_bulk_${deed}`)}
          </Button>
        ))}
      </div>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {asking.value && (
        <ConfirmDialog
          title={say('rewards_bulk_question', { deed: deedWords(asking.value, 1) })}
          yes={deedWords(asking.value, 1)}
          onYes={() => {
            const { value: deed } = asking;
            asking.value = null;
            if (deed) begin(deed);
          }}
          onNo={() => {
            asking.value = null;
          }}
        >
          <p class="amount">{countAndSums(1, sumsOf([row]))}</p>
          <p>{say(`rewards_bulk_${asking.value}_means`)}</p>
          <p class="muted">{placeOf(state)}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
