import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ParticipantKey, ParticipantsAnswer } from '../contract/routes.ts';
import { say, sayCount } from '../locales/say.ts';
import { Button } from '../ui/Button.tsx';
import { idsOf } from '../ui/link/link-words.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

export function ParticipantSearch({ onChoose }: { onChoose: (key: ParticipantKey) => void }) {
  const store = useStore();
  const task = useTask();
  const id = useId();
  const typed = useSignal('');
  const answer = useSignal<{ q: string; participants: ParticipantsAnswer['participants'] } | null>(null);
  const find = (event: Event) => {
    event.preventDefault();
    const q = typed.value.trim();
    if (q === '') return;
    void task.run(async () => {
      answer.value = null;
      const { participants } = await store.doors.ask('participants', { q });
      answer.value = { q, participants };
    });
  };
  return (
    <>
      <form class="field" onSubmit={find}>
        <label for={id}>{say('popup_search_box')}</label>
        <div class="input-row">
          <input
            id={id}
            class="input"
            type="text"
            required
            autocomplete="off"
            spellcheck={false}
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <Button type="submit" class="button button-primary" busy={task.busy.value}>
            {say('popup_search')}
          </Button>
        </div>
      </form>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <div class="stack" role="status">
        {answer.value && <p class="muted">{foundWords(answer.value.participants.length, answer.value.q)}</p>}
      </div>
      {answer.value && answer.value.participants.length > 0 && (
        <ul class="rows">
          {answer.value.participants.map((one) => (
            <li key={`${one.accountId} ${one.userId}`}>
              <button type="button" class="choice choice-button" onClick={() => onChoose(one)}>
                <span class="item-title">{one.name ?? one.email ?? one.userId}</span>
                {one.email && <span class="muted">{one.email}</span>}
                <span class="muted small">
                  {one.link
                    ? say('popup_search_linked', { ids: idsOf(one), customer: one.link })
                    : say('popup_search_not_linked', { ids: idsOf(one) })}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function foundWords(count: number, q: string): string {
  if (count === 0) return say('popup_search_none', { searched: q });
  return sayCount('popup_search_found', count);
}
