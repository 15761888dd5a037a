/** Rewards that an admin holds back, dismisses or releases. */
import { Hono } from 'hono';
import { DeedAnswer, HoldsRequest } from '../../contract/holds.ts';
import { holdRewards } from '../hold-rewards.ts';
import type { Parts } from '../parts.ts';
import { about, adminOnly, checked, type Env, inMode, noQuery } from './common.ts';

export function holdRoutes(parts: Parts) {
  const { log } = parts;
  return new Hono<Env>().post(
    '/:mode/holds',
    about('Hold back, dismiss or release rewards that were not claimed yet', DeedAnswer),
    inMode,
    noQuery,
    adminOnly,
    checked('json', HoldsRequest),
    async (c) => {
      const { mode } = c.req.valid('param');
      const request = c.req.valid('json');
      const { requestId, browser } = c.var;
      const context = {
        ...parts.ofMode(mode),
        actor: { id: browser.id, name: browser.name },
        onError: (reward: string, err: unknown) =>
          log.error({ requestId, reward, err }, 'a reward was left as it was'),
      };
      const outcomes = await holdRewards(context, request);
      const done = outcomes.filter((outcome) => outcome.done).length;
      log.info({ requestId, mode, deed: request.deed, done, of: outcomes.length, by: browser.id }, 'holds');
      return c.json({ outcomes });
    },
  );
}
