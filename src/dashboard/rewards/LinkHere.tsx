import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import type { ParticipantKey } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { chosenMode } from '../../ui/chosen-mode.ts';
import { LinkDesk } from '../../ui/link/LinkDesk.tsx';
import { type AskForReply, LinkModel } from '../../ui/link/link-model.ts';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { problemOf } from '../../ui/problem-of.ts';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';

type Props = { participant: ParticipantKey; state: PopupState; onLinked: () => void };

/** Find the customer and link, as on the participant's own page. */
export function LinkHere({ participant, state, onLinked }: Props) {
  const store = useStore();
  const task = useTask();
  const model = useSignal<LinkModel | null>(null);
  const turn = useSignal(0);
  const linked = useRef<string | null>(null);
  turn.value;

  const load = (signal: AbortSignal) =>
    void task.run(async () => {
      const askIn = store.askIn(state.mode);
      const ask: AskForReply = async (name, request) => {
        try {
          return { ok: true, value: await askIn(name, request) };
        } catch (thrown) {
          return { ok: false, problem: problemOf(thrown) };
        }
      };
      const { accountId, userId } = participant;
      const detail = await askIn('participant', { accountId, userId });
      if (signal.aborted) return;
      linked.current = detail.link;
      const made = new LinkModel({
        ask,
        detail,
        lease: chosenMode(state)?.lease ?? null,
        signal,
        stillHere: () => true,
        onChange: () => {
          turn.value += 1;
          const { link } = made.state.detail;
          if (link === linked.current) return;
          linked.current = link;
          onLinked();
        },
      });
      model.value = made;
      if (detail.link === null && detail.linkProblem !== 'field_name_differs') made.openFinder();
    });
  const gone = useRef(new AbortController());
  useEffect(() => {
    load(gone.current.signal);
    return () => gone.current.abort();
  }, []);

  return (
    <section class="block" aria-label={say('rewards_link_label')}>
      <h3>{say('rewards_link_title')}</h3>
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => load(gone.current.signal) }}
        />
      )}
      {task.busy.value && (
        <p class="muted" role="status">
          {say('rewards_link_reading')}
        </p>
      )}
      {model.value && (
        <div class="stack rw-link">
          <LinkDesk model={model.value} />
        </div>
      )}
    </section>
  );
}
