/** Rewards and credits. */
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { CreditsRequest, Outcome, RewardsPage, RewardsQuery } from '../../contract/routes.ts';
import { createAgreements } from '../agreements.ts';
import { type BatchContext, creditBatch } from '../credit-batch.ts';
import { findRewards } from '../find-rewards.ts';
import type { Parts } from '../parts.ts';
import { previewBatch } from '../preview.ts';
import type { Vitals } from '../vitals.ts';
import { about, adminOnly, checked, type Env, inMode, noQuery } from './common.ts';

export function rewardRoutes(parts: Parts, { work: underWay, metrics }: Vitals) {
  const { connections, log, pairing } = parts;
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
          isPaired: () => pairing.isPaired(c.var.browser.id),
          currencyConfirmed: (reward) => request.confirmCurrency.includes(reward),
          agreements: createAgreements(),
          capReleased: (reward) => request.releaseCap.includes(reward),
          bornAt: await parts.bornAt(),
          now: parts.now,
          sleep: parts.sleep,
          tempo: connections.tempo(mode.mode),
          oneAtATime: (customer, work) => parts.oneAtATime(`${mode.mode} ${customer}`, work),
          isStopping: underWay.isStopping,
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
          const all = work(
            context,
            request,
            async (outcome) => {
              const { reward, state, reason, credit } = outcome;
              if (!request.dryRun) metrics.outcome(mode.mode, state, reason);
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
          // Whoever asked may be gone by then.
          await underWay.track(() => all);
        });
      },
    );
}
