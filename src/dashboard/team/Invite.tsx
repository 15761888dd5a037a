import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Invitation, Team } from '../../contract/team.ts';
import { ROLES, type Role } from '../../contract/words.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useNow } from '../../ui/time.ts';
import { useTask } from '../../ui/use-task.ts';
import { timeOfDay } from '../date-time.ts';
import { useStore } from '../store.ts';
import { Code } from './Code.tsx';

type Props = { waiting: Team['waiting']; mayInvite: boolean; onInvited: () => void };

/** A one-time code for a role, and those that were given out and not used yet. */
export function Invite({ waiting, mayInvite, onInvited }: Props) {
  const store = useStore();
  const task = useTask();
  const name = useId();
  const role = useSignal<Role>('support');
  const made = useSignal<Invitation | null>(null);
  const invite = async () => {
    made.value = null;
    const done = await task.run(async () => {
      made.value = await store.doors.ask('invite', { role: role.value });
    });
    if (done) onInvited();
  };
  return (
    <div class="block">
      <h3>{say('team_invite')}</h3>
      {mayInvite && (
        <>
          <p class="muted">{say('team_invite_what')}</p>
          <fieldset class="rows">
            <legend class="sr-only">{say('team_role')}</legend>
            {ROLES.toReversed().map((one) => (
              <label key={one} class="choice choice-radio">
                <input
                  type="radio"
                  name={name}
                  value={one}
                  checked={one === role.value}
                  onChange={() => {
                    role.value = one;
                  }}
                />
                <span class="choice-words">
                  <span class="item-title">{say(`team_role_${one}`)}</span>
                  <span class="muted">{say(`team_role_${one}_may`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {task.problem.value && <ProblemNotice problem={task.problem.value} />}
          <div class="row">
            <Button class="button button-primary" busy={task.busy.value} onClick={() => void invite()}>
              {say('team_make_code')}
            </Button>
          </div>
          {made.value && (
            <Code
              key={made.value.code}
              invitation={made.value}
              onDone={() => {
                made.value = null;
              }}
            />
          )}
        </>
      )}
      <Waiting waiting={waiting} />
    </div>
  );
}

function Waiting({ waiting }: Pick<Props, 'waiting'>) {
  const now = useNow();
  const valid = waiting.filter(({ until }) => until > now);
  if (valid.length === 0) return <p class="muted">{say('team_waiting_none')}</p>;
  return (
    <ul class="rows team-waiting" aria-label={say('team_waiting')}>
      {valid.map(({ role, until }, place) => (
        <li key={`${until} ${place}`} class="item">
          {say(`team_waiting_${role}`, { time: timeOfDay(until) })}
        </li>
      ))}
    </ul>
  );
}
