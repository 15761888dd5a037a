import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Invitation } from '../../contract/team.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { useNow } from '../../ui/time.ts';
import { timeOfDay } from '../date-time.ts';

type Props = { invitation: Invitation; onDone: () => void };

/** The code itself, which nobody can show a second time. */
export function Code({ invitation: { code, role, until }, onDone }: Props) {
  const self = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLElement>(null);
  const copied = useSignal<'no' | 'yes' | 'failed'>('no');
  const now = useNow(1000);
  // What was pressed stays where it is; what came of it is read from here.
  useEffect(() => self.current?.focus(), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      copied.value = 'yes';
    } catch {
      // Where the browser does not let us, the person can.
      if (text.current) getSelection()?.selectAllChildren(text.current);
      copied.value = 'failed';
    }
  };
  const isOver = until <= now;
  return (
    <section ref={self} class="notice team-code" tabIndex={-1} aria-label={say('team_code')}>
      <p class="notice-title">{say(`team_code_${role}`)}</p>
      <code ref={text} class={isOver ? 'team-code-text was' : 'team-code-text'}>
        {code}
      </code>
      <p>{isOver ? say('team_code_over') : say('team_code_until', { time: timeOfDay(until) })}</p>
      <p class="muted">{say('team_code_once')}</p>
      <div class="row">
        {!isOver && (
          <Button class="button button-primary" onClick={() => void copy()}>
            {say('team_copy')}
          </Button>
        )}
        <Button class="button" onClick={onDone}>
          {say('team_done')}
        </Button>
        <p class="hint" role="status">
          {copied.value === 'yes' && say('team_copied')}
          {copied.value === 'failed' && say('team_copy_failed')}
        </p>
      </div>
    </section>
  );
}
