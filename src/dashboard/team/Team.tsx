import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import type { Team, TeamMember } from '../../contract/team.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { isAdmin } from '../surroundings.ts';
import { Title } from '../Title.tsx';
import { Invite } from './Invite.tsx';
import { Members } from './Members.tsx';
import { Remove } from './Remove.tsx';

/** Every browser that is paired, and the codes that wait for one. */
export function TeamView({ state }: { state: PopupState }) {
  const store = useStore();
  const loading = useTask();
  const removing = useTask();
  const team = useSignal<Team | null>(null);
  const leaving = useSignal<TeamMember | null>(null);
  const gone = useSignal('');
  const load = () =>
    loading.run(async () => {
      team.value = await store.doors.ask('team', {});
    });
  // Once: another mode mounts the view anew.
  useEffect(() => void load(), []);

  const remove = async (member: TeamMember) => {
    leaving.value = null;
    gone.value = '';
    const done = await removing.run(async () => {
      team.value = await store.doors.ask('removeMember', { browser: member.id });
    });
    if (!done) return;
    gone.value = say('team_removed', { name: member.name });
    // Its own token is gone: what this page may still show is for the proxy to say.
    if (member.me) await store.change('refresh', {}).catch(() => undefined);
  };

  const admin = isAdmin(state);
  const shown = team.value;
  return (
    <section class="view">
      <Title state="both">{say('team_title')}</Title>
      <p class="lead">{say('team_lead')}</p>
      {!admin && <p class="notice">{say('team_read_only')}</p>}
      {loading.problem.value && (
        <ProblemNotice
          problem={loading.problem.value}
          button={{ label: say('ui_try_again'), busy: loading.busy.value, onClick: () => void load() }}
        />
      )}
      {removing.problem.value && <ProblemNotice problem={removing.problem.value} />}
      {!shown && !loading.problem.value && <Opening />}
      {shown && (
        <div class="block">
          <div class="row row-spread">
            <h3>{say('team_paired')}</h3>
            <Button
              class="button button-plain"
              busy={loading.busy.value}
              onClick={() => {
                gone.value = '';
                void load();
              }}
            >
              {say('team_look_again')}
            </Button>
          </div>
          <Members
            members={shown.members}
            busy={removing.busy.value}
            onRemove={
              admin
                ? (member) => {
                    leaving.value = member;
                  }
                : null
            }
          />
          <p class="hint hint-good" role="status">
            {gone.value}
          </p>
        </div>
      )}
      {shown && <Invite waiting={shown.waiting} mayInvite={admin} onInvited={() => void load()} />}
      {leaving.value && (
        <Remove
          member={leaving.value}
          onNo={() => {
            leaving.value = null;
          }}
          onYes={(member) => void remove(member)}
        />
      )}
    </section>
  );
}
