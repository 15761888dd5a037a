/** Credits that are proposed to be taken back, and an admin's word on them. Support may read. */
import { Hono } from 'hono';
import * as v from 'valibot';
import { ProblemError } from '../../contract/problems.ts';
import { ReversalRequest, ReversalsPage, ReversalsQuery, ReversalView } from '../../contract/reversals.ts';
import { ModeParam, RewardId } from '../../contract/routes.ts';
import { confirmReversal, type DecideContext, dismissReversal } from '../decide-reversal.ts';
import type { LedgerRow } from '../ledger.ts';
import type { Parts } from '../parts.ts';
import { reversalContext } from '../reversal-context.ts';
import type { ReversalRow } from '../reversals.ts';
import { askUnspent } from '../take-back.ts';
import { viewReversal } from '../view-reversal.ts';
import { about, adminOnly, checked, type Env, inMode, noQuery } from './common.ts';

const PAGE = 100;
const rewardParam = checked('param', v.strictObject({ ...ModeParam.entries, reward: RewardId }));

export function reversalRoutes(parts: Parts) {
  async function creditOf(context: DecideContext, reward: string): Promise<LedgerRow> {
    const credit = await context.ledger.find(reward);
    if (credit === undefined || (await context.reversals.find(reward)) === undefined)
      throw new ProblemError('not_found', { detail: 'No reversal of this reward is proposed.' });
    return credit;
  }

  /** What an admin has to know before deciding; asked from Stripe only while there is something to decide. */
  async function viewNow(context: DecideContext, row: ReversalRow, credit: LedgerRow): Promise<ReversalView> {
    const view = await viewOf(row, credit);
    if (row.state !== 'proposed') return view;
    return { ...view, ...(await askUnspent(context, credit)) };
  }

  const viewOf = (row: ReversalRow, credit: LedgerRow) => viewReversal(parts.pairing, row, credit);

  return new Hono<Env>()
    .get(
      '/:mode/reversals',
      about('Credits proposed to be taken back, and what became of them', ReversalsPage),
      inMode,
      checked('query', ReversalsQuery),
      async (c) => {
        const { reversals, ledger } = parts.ofMode(c.req.valid('param').mode);
        const { after = null, state = null } = c.req.valid('query');
        const rows = await reversals.page(after, state, PAGE);
        const credits = await ledger.findMany(rows.map(({ reward }) => reward));
        const views: ReversalView[] = [];
        for (const row of rows) {
          const credit = credits.get(row.reward);
          if (credit !== undefined) views.push(await viewOf(row, credit));
        }
        const last = rows.length === PAGE ? (rows.at(-1)?.reward ?? null) : null;
        return c.json({ reversals: views, after: last });
      },
    )
    .get(
      '/:mode/reversals/:reward',
      about('One of them, with what is unspent now', ReversalView),
      rewardParam,
      noQuery,
      async (c) => {
        const { mode, reward } = c.req.valid('param');
        const context = reversalContext(parts, mode);
        const credit = await creditOf(context, reward);
        const row = await context.reversals.find(reward);
        if (row === undefined) throw new ProblemError('not_found');
        return c.json(await viewNow(context, row, credit));
      },
    )
    .post(
      '/:mode/reversals',
      about('Take back what is unspent of a credit', ReversalView),
      inMode,
      noQuery,
      adminOnly,
      checked('json', ReversalRequest),
      async (c) => {
        const { mode } = c.req.valid('param');
        const { reward, seen } = c.req.valid('json');
        const context = reversalContext(parts, mode);
        const credit = await creditOf(context, reward);
        const row = await confirmReversal(context, credit, seen, c.var.browser);
        const { state, reason, transaction_id, request_id } = row;
        parts.log.info(
          {
            requestId: c.var.requestId,
            mode,
            reward,
            state,
            reason,
            reversal: transaction_id,
            stripeRequest: request_id,
          },
          'take back',
        );
        return c.json(await viewNow(context, row, credit));
      },
    )
    .post(
      '/:mode/reversals/:reward/dismiss',
      about('Let the customer keep the credit', ReversalView),
      rewardParam,
      noQuery,
      adminOnly,
      async (c) => {
        const { mode, reward } = c.req.valid('param');
        const context = reversalContext(parts, mode);
        const credit = await creditOf(context, reward);
        return c.json(await viewOf(await dismissReversal(context, credit, c.var.browser), credit));
      },
    );
}
