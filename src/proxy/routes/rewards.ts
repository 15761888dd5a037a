/** Rewards, credits and the ledger. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import {
  CreditsRequest,
  LedgerPage,
  LedgerQuery,
  Outcome,
  RewardsPage,
  RewardsQuery,
} from '../../contract/routes.ts';
import { createAgreements } from '../agreements.ts';
import { type BatchContext, creditBatch } from '../credit-batch.ts';
import { findRewards } from '../find-rewards.ts';
import type { LedgerRow } from '../ledger.ts';
import type { Parts } from '../parts.ts';
import { previewBatch } from '../preview.ts';
import { about, adminOnly, checked, type Env, inMode, noQuery } from './common.ts';

const LEDGER_PAGE = 100;

export function rewardRoutes(parts: Parts) {
  const { connections, log } = parts;
  return new Hono<Env>()
    .get(
      '/:mode/rewards',
      about('New and changed rewards', RewardsPage),
      inMode,
      checked('query', RewardsQuery),
      async (c) => {
        const mode = parts.ofMode(c.req.valid('param').mode);
        return c.json(
          await findRewards({ ...mode, settings: await mode.readSettings() }, c.req.valid('query').after),
        );
      },
    )
    .post(
      '/:mode/credits',
      about('Credit rewards; one line per reward, when it is durable', Outcome, 'application/x-ndjson'),
      inMode,
      noQuery,
      adminOnly,
      checked('json', CreditsRequest),
      async (c) => {
        const request = c.req.valid('json');
        const mode = parts.ofMode(c.req.valid('param').mode);
        const { requestId } = c.var;
        const context: BatchContext = {
          ...mode,
          tenant: mode.advocate.tenant,
          connection: () => connections.current(mode.mode),
          actor: c.var.browser.id,
          currencyConfirmed: (reward) => request.confirmCurrency.includes(reward),
          agreements: createAgreements(),
          capReleased: (reward) => request.releaseCap.includes(reward),
          bornAt: await parts.bornAt(),
          now: parts.now,
          sleep: parts.sleep,
          oneAtATime: (customer, work) => parts.oneAtATime(`${mode.mode} ${customer}`, work),
          onRevoked: async (account, why) => {
            log.warn({ requestId, mode: mode.mode }, 'Stripe took the access back');
            await connections.markBroken(mode.mode, account, why);
          },
          onError: (reward, error) =>
            log.error({ requestId, reward, err: error }, 'a reward was left where it stood'),
        };
        c.header('content-type', 'application/x-ndjson');
        return stream(c, async (lines) => {
          const work = request.dryRun ? previewBatch : creditBatch;
          await work(
            context,
            request,
            async (outcome) => {
              const { reward, state, reason, credit } = outcome;
              log.info(
                {
                  requestId,
                  mode: mode.mode,
                  reward,
                  state,
                  reason,
                  credit: credit?.id,
                  stripeRequest: credit?.requestId,
                },
                'outcome',
              );
              await lines.write(`${JSON.stringify(outcome)}\n`);
            },
            () => lines.aborted,
          );
        });
      },
    )
    .get(
      '/:mode/ledger',
      about('What was claimed and how far it came', LedgerPage),
      inMode,
      checked('query', LedgerQuery),
      async (c) => {
        const { ledger } = parts.ofMode(c.req.valid('param').mode);
        const rows = await ledger.page(c.req.valid('query').after ?? null, LEDGER_PAGE);
        const after = rows.length === LEDGER_PAGE ? (rows.at(-1)?.reward ?? null) : null;
        return c.json({ rows: rows.map(viewRow), after });
      },
    );
}

const viewRow = (row: LedgerRow) => ({
  reward: row.reward,
  accountId: row.account_id,
  userId: row.user_id,
  unit: row.unit,
  customer: row.customer,
  money: { amount: row.amount, currency: row.currency },
  point: row.point,
  credit: row.credit,
  requestId: row.request_id,
  claimedAt: row.claimed_at,
  creditedAt: row.credited_at,
  redeemedAt: row.redeemed_at,
  notedAt: row.noted_at,
});
