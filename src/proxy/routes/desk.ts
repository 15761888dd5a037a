/** What the admin's desk reads: the ledger, one reward's story, where credits landed, the plots, the health. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { Health } from '../../contract/health.ts';
import { LandingAnswer } from '../../contract/landing.ts';
import { LedgerPage, LedgerQuery, RewardStory } from '../../contract/ledger.ts';
import { Overview, OverviewQuery } from '../../contract/overview.ts';
import { ModeParam, ParticipantKey, RewardId } from '../../contract/routes.ts';
import type { Mode } from '../../contract/words.ts';
import { readHealth } from '../health.ts';
import { readLedger } from '../ledger-page.ts';
import { readOverview } from '../overview.ts';
import { connected } from '../participants.ts';
import type { Parts } from '../parts.ts';
import { type LandingContext, readLanding } from '../read-landing.ts';
import { readStory } from '../story.ts';
import { about, checked, type Env, inMode, noQuery } from './common.ts';

const rewardParam = checked('param', v.strictObject({ ...ModeParam.entries, reward: RewardId }));
const participantParam = checked(
  'param',
  v.strictObject({ ...ModeParam.entries, ...ParticipantKey.entries }),
);

export function deskRoutes(parts: Parts) {
  const { db, pairing } = parts;
  async function landingContext(mode: Mode): Promise<LandingContext> {
    const { ledger } = parts.ofMode(mode);
    const stripe = connected(await parts.connections.current(mode));
    const { kept, now, oneAtATime } = parts;
    return { mode, ledger, stripe, kept, now, oneAtATime };
  }

  return new Hono<Env>()
    .get(
      '/:mode/ledger',
      about('What was claimed and how far it came', LedgerPage),
      inMode,
      checked('query', LedgerQuery),
      async (c) => {
        const { mode } = parts.ofMode(c.req.valid('param').mode);
        return c.json(await readLedger(db, mode, c.req.valid('query')));
      },
    )
    .get(
      '/:mode/rewards/:reward',
      about('One reward from beginning to end', RewardStory),
      rewardParam,
      noQuery,
      async (c) => {
        const { mode, reward } = c.req.valid('param');
        const own = parts.ofMode(mode);
        const context = { ...own, settings: await own.readSettings(), db, pairing };
        return c.json(await readStory(context, reward));
      },
    )
    .get(
      '/:mode/rewards/:reward/landing',
      about('Which invoices used this reward’s credit, and what is left', LandingAnswer),
      rewardParam,
      noQuery,
      async (c) => {
        const { mode, reward } = c.req.valid('param');
        return c.json(await readLanding(await landingContext(mode), { reward }));
      },
    )
    .get(
      '/:mode/participants/:accountId/:userId/landing',
      about('Which invoices used this participant’s credits, and what is left', LandingAnswer),
      participantParam,
      noQuery,
      async (c) => {
        const { mode, ...key } = c.req.valid('param');
        return c.json(await readLanding(await landingContext(mode), key));
      },
    )
    .get(
      '/:mode/overview',
      about('What each day came to', Overview),
      inMode,
      checked('query', OverviewQuery),
      async (c) => {
        const { mode } = parts.ofMode(c.req.valid('param').mode);
        return c.json(await readOverview(db, mode, Number(c.req.valid('query').days)));
      },
    )
    .get(
      '/:mode/health',
      about('Whether everything stands, and what to do about what does not', Health),
      inMode,
      noQuery,
      async (c) => c.json(await readHealth(parts, c.req.valid('param').mode, c.var.browser)),
    );
}
