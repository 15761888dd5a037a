import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Health } from '../contract/health.ts';
import type { FieldFound } from '../contract/setup.ts';
import { say } from '../locales/say.ts';
import { Button } from '../ui/Button.tsx';
import { explainHealth } from '../ui/explain-health.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

const isField = (code: string): code is FieldFound => code.startsWith('field_');
const TONES = { good: 'notice', notice: 'notice', bad: 'notice notice-bad' };

/** Whether Advocate has the field that links are kept in, in the spelling that counts. Changes nothing. */
export function FieldStep({ onDone }: { onDone: () => void }) {
  const store = useStore();
  const looking = useTask();
  const going = useTask();
  const found = useSignal<{ check: Health['checks'][number]; health: Health } | null>(null);
  const look = () =>
    void looking.run(async () => {
      const health = await store.doors.ask('health', {});
      const check = health.checks.find(({ check }) => check === 'field');
      found.value = check ? { check, health } : null;
    });
  useEffect(look, []);

  const code = found.value?.check.code ?? null;
  const goOn = () =>
    going
      .run(() => store.change('looked', { field: code !== null && isField(code) ? code : 'field_unknown' }))
      .then((done) => done && onDone());
  const refused = looking.problem.value ?? going.problem.value;
  const said = found.value && explainHealth(found.value.check, found.value.health);
  return (
    <>
      <p class="muted">{say('popup_field_what')}</p>
      <div class="stack found" role="status">
        {looking.busy.value && !said && <p class="muted">{say('popup_field_looking')}</p>}
        {said && (
          <div
            class={
              code === 'field_differs' ? 'notice notice-warn' : TONES[found.value?.check.level ?? 'notice']
            }
          >
            <p class="notice-title">{said.what}</p>
            {said.next && <p>{said.next}</p>}
          </div>
        )}
      </div>
      {refused && <ProblemNotice problem={refused} />}
      {/* Only beside what was found: it would move them from under the pointer. */}
      {(refused || said) && (
        <div class="row">
          <Button class="button button-primary" busy={going.busy.value} onClick={() => void goOn()}>
            {say('popup_field_next')}
          </Button>
          <Button class="button" busy={looking.busy.value} onClick={look}>
            {say('popup_field_again')}
          </Button>
        </div>
      )}
    </>
  );
}
