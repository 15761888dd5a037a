/** Who is paired: every browser that holds a token, and the codes that wait for one. */
import * as v from 'valibot';
import { MODES, ROLES } from './words.ts';

const instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const role = v.picklist(ROLES);

export const TeamMember = v.object({
  /** The browser's id, and the name its owner gave it. */
  id: v.string(),
  name: v.string(),
  role,
  pairedAt: instant,
  /** Within a minute. */
  lastSeenAt: instant,
  /** The modes it drains now. */
  drains: v.array(v.picklist(MODES)),
  me: v.boolean(),
});
export type TeamMember = v.InferOutput<typeof TeamMember>;

/** `waiting`: codes that were given out and not used yet. A code itself is shown once, to whoever asked for it. */
export const Team = v.object({
  members: v.array(TeamMember),
  waiting: v.array(v.object({ role, until: instant })),
});
export type Team = v.InferOutput<typeof Team>;

export const InviteRequest = v.strictObject({ role });
export const Invitation = v.object({ code: v.string(), role, until: instant });
export type Invitation = v.InferOutput<typeof Invitation>;
export const BrowserId = v.pipe(v.string(), v.uuid());
