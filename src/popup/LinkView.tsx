import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ParticipantKey } from '../contract/routes.ts';
import { say } from '../locales/say.ts';
import { LinkDesk } from '../ui/link/LinkDesk.tsx';
import { type AskForReply, LinkModel } from '../ui/link/link-model.ts';
import { beside, nameOf } from '../ui/link/link-words.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { problemOf } from '../ui/problem-of.ts';
import { useTask } from '../ui/use-task.ts';
import { ParticipantSearch } from './ParticipantSearch.tsx';
import { chosenMode } from './setup-step.ts';
import { type Store, useStore } from './store.ts';

/** Find a participant, find their customer, link. Needs no page of Advocate's to be open. */
export function LinkView({ participant }: { participant: ParticipantKey | null }) {
  const store = useStore();
  const task = useTask();
  const desk = useSignal<LinkModel | null>(null);
  const turn = useSignal(0);
  // Kept for trying again after a failure.
  const wanted = useRef(participant);
  const gone = useRef<AbortController | null>(null);
  const section = useRef<HTMLElement>(null);
  const focused = useRef<Element | null>(null);

  const redraw = () => {
    focused.current = document.activeElement;
    turn.value++;
  };
  // Whoever works by keyboard must not be thrown back to the top when a button goes away.
  useLayoutEffect(() => {
    const before = focused.current;
    focused.current = null;
    if (before === null || before === document.body || before.isConnected) return;
    section.current?.querySelector<HTMLElement>('[data-focus], input')?.focus();
  }, [turn.value]);

  const show = (model: LinkModel | null) => {
    desk.value = model;
    redraw();
  };
  const leave = () => gone.current?.abort();
  const choose = ({ accountId, userId }: ParticipantKey) => {
    wanted.current = { accountId, userId };
    leave();
    const leaving = new AbortController();
    const { signal } = leaving;
    gone.current = leaving;
    void task.run(async () => {
      const ask = asking(store);
      const reply = await ask('participant', { accountId, userId });
      if (signal.aborted) return;
      if (!reply.ok) {
        task.problem.value = reply.problem;
        return;
      }
      const state = store.state.value;
      const model = new LinkModel({
        ask,
        detail: reply.value,
        lease: (state && chosenMode(state)?.lease) ?? null,
        signal,
        stillHere: () => true,
        onChange: redraw,
      });
      show(model);
      // Whoever comes here unlinked wants exactly this, so it saves them the click.
      const { link, linkProblem } = reply.value;
      if (link === null && linkProblem !== 'field_name_differs') model.openFinder();
    });
  };
  useEffect(() => {
    // The button that led here is gone, and this view came a moment later than others come.
    if (document.activeElement === document.body) section.current?.querySelector('h2')?.focus();
    if (participant) choose(participant);
    return leave;
  }, []);

  const model = desk.value;
  return (
    <section class="stack desk" ref={section}>
      <div class="row row-spread">
        <h2 tabIndex={-1}>{say('popup_link')}</h2>
        <button type="button" class="button button-plain" onClick={() => store.show({ name: 'home' })}>
          {say('popup_back')}
        </button>
      </div>
      {!model && <ParticipantSearch onChoose={choose} />}
      {task.busy.value && (
        <p class="muted" role="status">
          {say('popup_link_reading')}
        </p>
      )}
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => wanted.current && choose(wanted.current) }}
        />
      )}
      {model && (
        <>
          <div class="row row-spread">
            <h3>{nameOf(model.state.detail)}</h3>
            <button
              type="button"
              class="button button-plain"
              onClick={() => {
                leave();
                show(null);
              }}
            >
              {say('popup_link_another')}
            </button>
          </div>
          <p class="muted small">{beside(model.state.detail)}</p>
          <LinkDesk model={model} />
        </>
      )}
    </section>
  );
}

/** In the mode that the popup shows, even when another page of ours chooses the other one meanwhile. */
function asking(store: Store): AskForReply {
  const mode = store.state.value?.mode;
  return async (name, request) => {
    try {
      return { ok: true, value: await store.doors.ask(name, request, mode) };
    } catch (thrown) {
      return { ok: false, problem: problemOf(thrown) };
    }
  };
}
