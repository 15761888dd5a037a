/** The linking desk: who waits for a link, who fits, and many links at once. Support may do all of this. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import {
  LinkOutcome,
  LinksPage,
  LinksRequest,
  MatchesAnswer,
  MatchesRequest,
  PageQuery,
  UnlinkedPage,
} from '../../contract/linking.ts';
import { foresee, type LinkManyContext, linkMany } from '../link-many.ts';
import { readLinks } from '../links-page.ts';
import { findMatches } from '../matches.ts';
import { connected, participantContext } from '../participants.ts';
import type { Parts } from '../parts.ts';
import { findUnlinked } from '../unlinked.ts';
import type { Vitals } from '../vitals.ts';
import { about, checked, type Env, inMode, noQuery } from './common.ts';

export function linkingRoutes(parts: Parts, { work }: Vitals) {
  const { log } = parts;
  return new Hono<Env>()
    .get(
      '/:mode/unlinked',
      about('Participants whose rewards wait for a link, oldest money first', UnlinkedPage),
      inMode,
      checked('query', PageQuery),
      async (c) => {
        const own = parts.ofMode(c.req.valid('param').mode);
        const settings = await own.readSettings();
        return c.json(await findUnlinked({ ...own, settings }, c.req.valid('query').after));
      },
    )
    .post(
      '/:mode/matches',
      about('Customers that fit participants, and which of them are sure', MatchesAnswer),
      inMode,
      noQuery,
      checked('json', MatchesRequest),
      async (c) => {
        const { mode } = c.req.valid('param');
        const { requestId, browser } = c.var;
        const context = await participantContext(parts, mode, browser);
        const onError = (err: unknown) => log.error({ requestId, err }, 'a participant was not matched');
        const desk = { ...context, stripe: connected(context.stripe), requestId, onError };
        return c.json({ matches: await findMatches(desk, c.req.valid('json').participants) });
      },
    )
    .get(
      '/:mode/links',
      about('All participants with their links', LinksPage),
      inMode,
      checked('query', PageQuery),
      async (c) => {
        const { advocate } = parts.ofMode(c.req.valid('param').mode);
        return c.json(await readLinks(advocate, c.req.valid('query').after));
      },
    )
    .post(
      '/:mode/links',
      about('Link many; one line per wish, when it is read back', LinkOutcome, 'application/x-ndjson'),
      inMode,
      noQuery,
      checked('json', LinksRequest),
      async (c) => {
        const { mode } = c.req.valid('param');
        const { links, dryRun } = c.req.valid('json');
        const { requestId, browser } = c.var;
        const context = await participantContext(parts, mode, browser);
        const desk: LinkManyContext = {
          ...context,
          stripe: connected(context.stripe),
          requestId,
          onError: (err) => log.error({ requestId, err }, 'a link was not made'),
        };
        const foreseen = dryRun ? await foresee(desk, links) : null;
        c.header('content-type', 'application/x-ndjson');
        return stream(c, async (lines) => {
          const tell = async (outcome: LinkOutcome) => {
            const { customer, state, problem } = outcome;
            log.info({ requestId, mode, customer, state, code: problem?.code, by: browser.id }, 'link');
            await lines.write(`${JSON.stringify(outcome)}\n`);
          };
          const isOver = () => lines.aborted || work.isStopping();
          if (foreseen === null) return work.track(() => linkMany(desk, links, tell, isOver));
          for (const outcome of foreseen) await tell(outcome);
        });
      },
    );
}
