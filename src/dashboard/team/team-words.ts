import type { TeamMember } from '../../contract/team.ts';
import { say } from '../../locales/say.ts';

/** The modes in which a browser sends rewards at the moment. */
export function drainsWords(drains: TeamMember['drains']): string {
  if (drains.length > 1) return say('team_drains_both');
  const [mode] = drains;
  return mode === undefined ? say('team_drains_none') : say(`team_drains_${mode}`);
}
