import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type * as v from 'valibot';
import type { ParticipantDetail, ParticipantKey } from '../contract/routes.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { CustomerSearch } from './CustomerSearch.tsx';
import { ParticipantCard } from './ParticipantCard.tsx';
import { ParticipantSearch } from './ParticipantSearch.tsx';
import { useStore } from './store.ts';

export type Detail = v.InferOutput<typeof ParticipantDetail>;

/** Find a participant, find their customer, link. Needs no page of Advocate's to be open. */
export function LinkView({ participant }: { participant: ParticipantKey | null }) {
  const store = useStore();
  const task = useTask();
  const detail = useSignal<Detail | null>(null);
  // Kept for trying again after a failure.
  const wanted = useSignal<ParticipantKey | null>(participant);

  const choose = (key: ParticipantKey) => {
    const { accountId, userId } = key;
    wanted.value = { accountId, userId };
    void task.run(async () => {
      detail.value = await store.doors.ask('participant', { accountId, userId });
    });
  };
  useEffect(() => {
    if (participant) choose(participant);
  }, []);

  const found = detail.value;
  return (
    <section class="stack">
      <div class="row row-spread">
        <h2>Link a participant</h2>
        <button type="button" class="button button-plain" onClick={() => store.show({ name: 'home' })}>
          Back
        </button>
      </div>
      {!found && <ParticipantSearch onChoose={choose} />}
      {task.busy.value && (
        <p class="muted" role="status">
          Looking the participant up…
        </p>
      )}
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: 'Try again', onClick: () => wanted.value && choose(wanted.value) }}
        />
      )}
      {found && (
        <>
          <ParticipantCard
            detail={detail}
            onOther={() => {
              detail.value = null;
            }}
          />
          <CustomerSearch
            key={`${found.accountId} ${found.userId}`}
            detail={detail}
            onReload={() => choose(found)}
          />
        </>
      )}
    </section>
  );
}
