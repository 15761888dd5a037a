import type { TeamMember } from '../../contract/team.ts';
import { say } from '../../locales/say.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';

type Props = { member: TeamMember; onYes: (member: TeamMember) => void; onNo: () => void };

/** Says what stops before a token is taken away. */
export function Remove({ member, onYes, onNo }: Props) {
  const { name, me, drains, role } = member;
  return (
    <ConfirmDialog
      title={say('team_remove_title', { name })}
      yes={say('team_remove_yes')}
      onYes={() => onYes(member)}
      onNo={onNo}
    >
      <p>{me ? say('team_remove_me') : say(`team_remove_${role}`)}</p>
      {role === 'admin' && <p>{say('team_remove_codes')}</p>}
      {drains.length > 0 && <p>{say('team_remove_drains')}</p>}
      <p>{say('team_remove_stays')}</p>
    </ConfirmDialog>
  );
}
