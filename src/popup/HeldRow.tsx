import { useId } from 'preact/hooks';
import type { HeldReward } from '../contract/messages.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Action } from '../contract/reasons.ts';
import { actionLabel, amountSaid, explain } from '../locales/explain.ts';
import { say, sayAround } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { money } from '../ui/amounts.ts';
import { RefusedError } from '../ui/ask.ts';
import { Button } from '../ui/Button.tsx';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { relativeTime, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { AskFirst } from './AskFirst.tsx';
import { useStore } from './store.ts';

/** Support looks up and links; retrying and confirming move money. */
const NEEDS_ADMIN: Action[] = [
  'retry',
  'confirm_currency',
  'confirm_backfill',
  'release_cap',
  'take_back',
  'release',
  'connect',
  'resume',
  'units',
];

type Props = {
  held: HeldReward;
  admin: boolean;
  /** Why it is not paid stands above it already. */
  brief?: boolean;
};

export function HeldRow({ held, admin, brief = false }: Props) {
  const store = useStore();
  const task = useTask();
  const now = useNow();
  const id = useId();
  const { what, next, action } = explain(held.reason, held.facts);

  const deeds: Partial<Record<Action, () => void>> = {
    link: () => store.show({ name: 'link', participant: held.participant }),
    retry: () => void task.run(() => store.change('retry', { reward: held.reward })),
    release: () => void task.run(() => release(held.reward)),
    take_back: () => void store.doors.openTab(dashboardUrl('take-back', held.reward)),
    connect: () => store.show({ name: 'setup', step: 'connect' }),
    resume: () => store.show({ name: 'setup', step: 'turn_on' }),
    units: () => store.show({ name: 'setup', step: 'units' }),
    open_advocate: () => store.show({ name: 'link', participant: held.participant }),
    open_stripe: () =>
      void task.run(async () => {
        const { customer } = await store.doors.ask('participant', held.participant);
        if (!customer) {
          throw new ProblemError('customer_missing', told({ detail: say('popup_held_not_linked') }));
        }
        await store.doors.openTab(customer.dashboardUrl);
      }),
  };
  async function release(reward: string) {
    const { outcomes } = await store.doors.ask('holdRewards', { rewards: [reward], deed: 'release' });
    const refused = outcomes.find(({ problem }) => problem !== undefined)?.problem;
    if (refused) throw new RefusedError(refused);
  }
  const { userId, accountId } = held.participant;
  const currency = held.facts.currency ?? held.money?.currency ?? '…';
  const amount = held.money && money(held.money);
  const deed = (action: Action) => {
    const label = actionLabel(action);
    if (action === 'confirm_currency')
      return (
        <AskFirst
          label={label}
          describedBy={id}
          title={say('popup_currency_title', { currency })}
          yes={say('popup_currency_yes')}
          deed={() => store.change('confirmCurrency', { reward: held.reward })}
        >
          <p>
            {sayAround('popup_currency_what', {
              amount: amount ?? held.unit,
              customer: <code>{held.facts.customer ?? '…'}</code>,
            })}
          </p>
        </AskFirst>
      );
    if (action === 'release_cap')
      return (
        <AskFirst
          label={label}
          describedBy={id}
          title={say('popup_cap_title', { amount: amount ?? held.unit })}
          yes={say('popup_cap_yes')}
          deed={() => store.change('releaseCap', { reward: held.reward })}
        >
          <p>{say('popup_cap_what', { cap: amountSaid(held.facts.cap ?? currency) })}</p>
        </AskFirst>
      );
    return (
      <Button class="button" aria-describedby={id} busy={task.busy.value} onClick={deeds[action]}>
        {/* Advocate's pages have no documented address, so the participant is shown here instead. */}
        {action === 'open_advocate' ? say('popup_held_show') : label}
      </Button>
    );
  };

  return (
    <li class="item">
      <div class="row row-spread">
        <span class="amount">{amount ?? held.unit}</span>
        <span class="muted small">
          {say('popup_held_ago', { ago: relativeTime(Math.min(held.since, now), now) })}
        </span>
      </div>
      <p class="muted small" id={id}>
        {userId === accountId
          ? sayAround('popup_held_participant', { id: <code>{userId}</code> })
          : sayAround('popup_held_participant_of', {
              id: <code>{userId}</code>,
              account: <code>{accountId}</code>,
            })}
      </p>
      {!brief && <p>{what}</p>}
      {!brief && <p class="muted">{next}</p>}
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {action && NEEDS_ADMIN.includes(action) && !admin && <p class="hint">{say('popup_held_admin')}</p>}
      {action && (admin || !NEEDS_ADMIN.includes(action)) && deed(action)}
    </li>
  );
}
