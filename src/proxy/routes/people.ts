/** Customers, participants and the link between them. Support may do all of this. */
import { Hono } from 'hono';
import * as v from 'valibot';
import {
  CustomerId,
  CustomersAnswer,
  CustomersQuery,
  CustomerView,
  LinkRequest,
  ModeParam,
  ParticipantDetail,
  ParticipantKey,
  ParticipantsAnswer,
  ParticipantsQuery,
  UnlinkRequest,
} from '../../contract/routes.ts';
import type { Mode } from '../../contract/words.ts';
import { viewCustomer } from '../candidates.ts';
import { readParticipant } from '../change-link.ts';
import { createCustomer } from '../create-customer.ts';
import { findCustomers } from '../customers.ts';
import type { Browser } from '../pairing.ts';
import {
  connected,
  detailOf,
  link,
  participantContext,
  soughtFor,
  unlink,
  viewParticipant,
} from '../participants.ts';
import type { Parts } from '../parts.ts';
import { about, checked, type Env, inMode, noQuery } from './common.ts';

const MOST_PARTICIPANTS = 20;
const NOBODY = { participant: null, currencies: new Set<string>() };
const customerParam = checked('param', v.strictObject({ ...ModeParam.entries, id: CustomerId }));
const participantParam = checked(
  'param',
  v.strictObject({ ...ModeParam.entries, ...ParticipantKey.entries }),
);

export function peopleRoutes(parts: Parts) {
  const contextOf = (mode: Mode, browser: Browser) => participantContext(parts, mode, browser);

  return new Hono<Env>()
    .get(
      '/:mode/customers',
      about('Candidates, with evidence and warnings', CustomersAnswer),
      inMode,
      checked('query', CustomersQuery),
      async (c) => {
        const { mode } = c.req.valid('param');
        const { q, accountId, userId } = c.req.valid('query');
        const context = await contextOf(mode, c.var.browser);
        const known = accountId !== undefined && userId !== undefined;
        const sought = known ? await soughtFor(context, { accountId, userId }) : NOBODY;
        const desk = { stripe: connected(context.stripe), db: parts.db, mode };
        return c.json({ candidates: await findCustomers(desk, q, sought) });
      },
    )
    .get('/:mode/customers/:id', about('One customer', CustomerView), customerParam, noQuery, async (c) => {
      const { mode, id } = c.req.valid('param');
      const stripe = connected(await parts.connections.current(mode));
      return c.json(viewCustomer(await stripe.customer(id), mode, stripe.account));
    })
    .post(
      '/:mode/customers',
      about('Create a customer from a participant', CustomerView),
      inMode,
      noQuery,
      checked('json', ParticipantKey),
      async (c) =>
        c.json(
          await createCustomer(
            await contextOf(c.req.valid('param').mode, c.var.browser),
            c.req.valid('json'),
          ),
        ),
    )
    .get(
      '/:mode/participants',
      about('Find participants by e-mail, name or id', ParticipantsAnswer),
      inMode,
      checked('query', ParticipantsQuery),
      async (c) => {
        const { advocate } = parts.ofMode(c.req.valid('param').mode);
        const found = await advocate.findParticipants(c.req.valid('query').q, MOST_PARTICIPANTS);
        return c.json({ participants: found.map(viewParticipant) });
      },
    )
    .get(
      '/:mode/participants/:accountId/:userId',
      about('One participant, the link and what waits', ParticipantDetail),
      participantParam,
      noQuery,
      async (c) => {
        const { mode, ...key } = c.req.valid('param');
        const context = await contextOf(mode, c.var.browser);
        return c.json(await detailOf(context, await readParticipant(context, key)));
      },
    )
    .put(
      '/:mode/participants/:accountId/:userId/link',
      about('Link to a customer', ParticipantDetail),
      participantParam,
      noQuery,
      checked('json', LinkRequest),
      async (c) => {
        const { mode, ...key } = c.req.valid('param');
        const { customer, previous } = c.req.valid('json');
        const detail = await link(await contextOf(mode, c.var.browser), key, customer, previous);
        parts.log.info({ requestId: c.var.requestId, mode, customer, by: c.var.browser.id }, 'linked');
        return c.json(detail);
      },
    )
    .delete(
      '/:mode/participants/:accountId/:userId/link',
      about('Remove the link', ParticipantDetail),
      participantParam,
      noQuery,
      checked('json', UnlinkRequest),
      async (c) => {
        const { mode, ...key } = c.req.valid('param');
        const { previous } = c.req.valid('json');
        const detail = await unlink(await contextOf(mode, c.var.browser), key, previous);
        parts.log.info(
          { requestId: c.var.requestId, mode, customer: previous, by: c.var.browser.id },
          'unlinked',
        );
        return c.json(detail);
      },
    );
}
