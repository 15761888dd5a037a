import type { PopupState } from '../../contract/messages.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Action } from '../../contract/reasons.ts';
import { say } from '../../locales/say.ts';
import { told } from '../../locales/told.ts';
import { RefusedError } from '../../ui/ask.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { type Task, useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { isAdmin } from '../surroundings.ts';
import type { Reward } from './read-rewards.ts';
import { useCopy } from './use-copy.ts';

/** Support looks up and links; all else moves money or changes settings. */
const FOR_SUPPORT: readonly Action[] = ['link', 'open_advocate', 'open_stripe'];
export const mayDo = (state: PopupState, action: Action): boolean =>
  isAdmin(state) || FOR_SUPPORT.includes(action);

export type ReasonDeed = { task: Task; href: string | null; said: string | null; run: () => void };

/** What the one button of a reason does here: leads somewhere, or does it. */
export function useReasonDeed(row: Reward, action: Action, onDone: () => void): ReasonDeed {
  const store = useStore();
  const task = useTask();
  const { copy, said } = useCopy();
  const { reward, accountId, userId } = row;
  const run = (work: () => Promise<unknown>, changes = true) =>
    void task.run(async () => {
      await work();
      if (changes) onDone();
    });
  const hrefs: Partial<Record<Action, string>> = {
    link: dashboardHash('rewards', reward, { link: '1' }),
    take_back: dashboardHash('take-back', reward),
    connect: dashboardHash('health'),
    resume: dashboardHash('settings'),
    units: dashboardHash('settings'),
  };
  const deeds: Partial<Record<Action, () => void>> = {
    retry: () => run(() => store.change('retry', { reward })),
    confirm_currency: () => run(() => store.change('confirmCurrency', { reward })),
    release_cap: () => run(() => store.change('releaseCap', { reward })),
    release: () =>
      run(async () => {
        const { outcomes } = await store.doors.ask('holdRewards', { rewards: [reward], deed: 'release' });
        const [outcome] = outcomes;
        if (outcome?.problem) throw new RefusedError(outcome.problem);
        if (!outcome?.done) throw new ProblemError('not_found');
      }),
    // Advocate's pages have no documented address; with this its search finds the participant.
    open_advocate: () => void copy(userId),
    open_stripe: () =>
      run(async () => {
        const { customer } = await store.doors.ask('participant', { accountId, userId });
        if (!customer)
          throw new ProblemError('customer_missing', told({ detail: say('rewards_not_linked_any_more') }));
        open(customer.dashboardUrl, '_blank', 'noopener');
      }, false),
  };
  return { task, href: hrefs[action] ?? null, said, run: deeds[action] ?? (() => undefined) };
}
