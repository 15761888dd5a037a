import type { TeamMember } from '../../contract/team.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { date } from '../../ui/evidence.ts';
import { relativeTime, useNow } from '../../ui/time.ts';
import { dateTime } from '../date-time.ts';
import { drainsWords } from './team-words.ts';

type Props = {
  members: TeamMember[];
  busy: boolean;
  /** Null for whoever may only look. */
  onRemove: ((member: TeamMember) => void) | null;
};

export function Members({ members, busy, onRemove }: Props) {
  const now = useNow();
  const admins = members.filter(({ role }) => role === 'admin').length;
  return (
    <table class="table team-members" aria-label={say('team_paired')}>
      <thead>
        <tr>
          <th scope="col">{say('team_browser')}</th>
          <th scope="col">{say('team_role')}</th>
          <th scope="col">{say('team_paired_at')}</th>
          <th scope="col">{say('team_last_seen')}</th>
          <th scope="col">{say('team_drains')}</th>
          {onRemove && (
            <th scope="col">
              <span class="sr-only">{say('team_remove')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.id}>
            <th scope="row" class="team-name">
              <bdi>{member.name}</bdi> {member.me && <span class="badge">{say('team_me')}</span>}
            </th>
            <td data-label={say('team_role')}>{say(`team_role_${member.role}`)}</td>
            <td data-label={say('team_paired_at')} title={dateTime(member.pairedAt)}>
              {date(member.pairedAt)}
            </td>
            <td data-label={say('team_last_seen')} title={dateTime(member.lastSeenAt)}>
              {relativeTime(Math.min(member.lastSeenAt, now), now)}
            </td>
            <td data-label={say('team_drains')}>{drainsWords(member.drains)}</td>
            {onRemove && (
              <td class="team-deed">
                {member.role === 'admin' && admins === 1 ? (
                  <span class="hint">{say('team_last_admin')}</span>
                ) : (
                  <Button
                    class="button"
                    busy={busy}
                    aria-label={say('team_remove_one', { name: member.name })}
                    onClick={() => onRemove(member)}
                  >
                    {say('team_remove')}
                  </Button>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
