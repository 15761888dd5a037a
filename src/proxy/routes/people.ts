/** Customers, participants and the link between them. Support may do all of this. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { ProblemError } from '../../contract/problems.ts';
import {
  CustomerCreate,
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
import { findCustomers, viewCustomer } from '../customers.ts';
import type { Browser } from '../pairing.ts';
import {
  createCustomer,
  detailOf,
  link,
  type ParticipantContext,
  readParticipant,
  unlink,
  viewParticipant,
} from '../participants.ts';
import type { Parts } from '../parts.ts';
import type { StripeAccess } from '../stripe-access.ts';
import { about, checked, type Env, inMode, noQuery } from './common.ts';

const MOST_PARTICIPANTS = 20;
const customerParam = checked('param', v.strictObject({ ...ModeParam.entries, id: CustomerId }));
const participantParam = checked(
  'param',
  v.strictObject({ ...ModeParam.entries, ...ParticipantKey.entries }),
);

export function peopleRoutes(parts: Parts) {
  const contextOf = async (mode: Mode, { id, name }: Browser): Promise<ParticipantContext> => {
    const own = parts.ofMode(mode);
    const [settings, stripe] = await Promise.all([own.readSettings(), parts.connections.current(mode)]);
    return { ...own, settings, stripe, db: parts.db, actor: { id, name } };
  };
  const connected = (stripe: StripeAccess | null): StripeAccess => {
    if (stripe === null)
      throw new ProblemError('not_connected', { action: 'An admin has to connect Stripe first.' });
    return stripe;
  };

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
        const participant = known ? await readParticipant(context, { accountId, userId }) : null;
        return c.json({
          candidates: await findCustomers(connected(context.stripe), parts.db, mode, q, participant),
        });
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
      checked('json', CustomerCreate),
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
