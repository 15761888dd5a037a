/** What an admin's word does to rewards that were not claimed yet. */
import * as v from 'valibot';
import { Problem } from './problems.ts';
import { RewardId } from './routes.ts';

/** `hold`: not paid by anybody until released. `dismiss`: the same, and it needs nobody any more. `release` ends either. */
export const DEEDS = ['hold', 'release', 'dismiss'] as const;
export type Deed = (typeof DEEDS)[number];

/** The rewards of one deed in bulk. */
export const ChosenRewards = v.pipe(v.array(RewardId), v.minLength(1), v.maxLength(100));
export const RetryRequest = v.strictObject({ rewards: ChosenRewards });
export const HoldsRequest = v.strictObject({ rewards: ChosenRewards, deed: v.picklist(DEEDS) });
export type HoldsRequest = v.InferOutput<typeof HoldsRequest>;

/** One for each reward. `done` also where it stood like that already; `problem` says why not. */
export const DeedOutcome = v.object({ reward: RewardId, done: v.boolean(), problem: v.optional(Problem) });
export const DeedAnswer = v.object({ outcomes: v.array(DeedOutcome) });
export type DeedAnswer = v.InferOutput<typeof DeedAnswer>;
export type DeedOutcome = DeedAnswer['outcomes'][number];
