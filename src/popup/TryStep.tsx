import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { AdminOnly } from './AdminOnly.tsx';
import { useStore } from './store.ts';
import { TriedReward } from './TriedReward.tsx';
import { foundIn, type Tried, tryNewest } from './try-one.ts';

/** The newest reward, judged as it would be, with nothing sent. Where there is none yet, set-up goes on without. */
export function TryStep({ state, onDone }: { state: PopupState; onDone: () => void }) {
  const store = useStore();
  const trying = useTask();
  const going = useTask();
  const tried = useSignal<Tried | null>(null);
  const answered = useSignal(false);
  const admin = state.paired?.role === 'admin';
  const attempt = () => {
    if (!admin) return;
    void trying.run(async () => {
      tried.value = await tryNewest(store.doors.ask);
      answered.value = true;
    });
  };
  const { waiting, ready, held } = state.queue.counts;
  // Units that were just saved set off a search: the first that it brings is tried.
  useEffect(() => {
    if (tried.value === null) attempt();
  }, [admin, state.running, waiting + ready + held > 0]);

  if (!admin) return <AdminOnly words={say('popup_admin_try')} />;
  const goOn = () =>
    going
      .run(() => store.change('looked', { tryOne: answered.value ? foundIn(tried.value) : 'skipped' }))
      .then((done) => done && onDone());
  const none = answered.value && tried.value === null;
  const refused = trying.problem.value ?? going.problem.value;
  return (
    <>
      <p class="muted">{say('popup_try_what')}</p>
      <div class="stack found" role="status">
        {trying.busy.value && !tried.value && <p class="muted">{say('popup_try_trying')}</p>}
        {none && !trying.busy.value && (
          <p class="notice">{state.running ? say('popup_try_searching') : say('popup_try_none')}</p>
        )}
        {tried.value && <TriedReward tried={tried.value} />}
      </div>
      {refused && <ProblemNotice problem={refused} />}
      {/* Only beside what was found: it would move them from under the pointer. */}
      {(refused || tried.value || (none && !state.running)) && (
        <div class="row">
          <Button class="button button-primary" busy={going.busy.value} onClick={() => void goOn()}>
            {say('popup_try_next')}
          </Button>
          <Button class="button" busy={trying.busy.value} onClick={attempt}>
            {say('popup_try_again')}
          </Button>
        </div>
      )}
    </>
  );
}
