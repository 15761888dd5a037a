/** Who is paired. Everybody may see it; admins invite, and take tokens away. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { BrowserId, Invitation, InviteRequest, Team } from '../../contract/team.ts';
import type { Parts } from '../parts.ts';
import { readTeam, removeMember } from '../team.ts';
import { about, adminOnly, checked, type Env, noQuery } from './common.ts';

export function teamRoutes({ db, pairing, now, log }: Parts) {
  return new Hono<Env>()
    .get('/team', about('Who is paired, and who is invited', Team), noQuery, async (c) =>
      c.json(await readTeam(db, c.var.browser)),
    )
    .post(
      '/team/invitations',
      about('A one-time code for a role', Invitation),
      noQuery,
      adminOnly,
      checked('json', InviteRequest),
      async (c) => {
        const { id, name } = c.var.browser;
        const { role } = c.req.valid('json');
        return c.json({ role, ...(await pairing.invitation(role, { id, name })) });
      },
    )
    .delete(
      '/team/:browser',
      about('Take a browser’s token away', Team),
      checked('param', v.strictObject({ browser: BrowserId })),
      noQuery,
      adminOnly,
      async (c) => {
        const { browser } = c.req.valid('param');
        await removeMember(db, browser, c.var.browser, now);
        log.info({ requestId: c.var.requestId, browser, by: c.var.browser.id }, 'removed from the team');
        return c.json(await readTeam(db, c.var.browser));
      },
    );
}
