import { useId } from 'preact/hooks';
import type { HeldReward } from '../contract/messages.ts';
import { formatMoney } from '../contract/money.ts';
import { ProblemError } from '../contract/problems.ts';
import { ACTION_LABELS, type Action, explain } from '../contract/reasons.ts';
import { Button } from '../ui/Button.tsx';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { lasting, useNow } from '../ui/time.ts';
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
    take_back: () => void store.doors.openTab(dashboardUrl('take-back', held.reward)),
    connect: () => store.show({ name: 'setup', step: 'connect' }),
    resume: () => store.show({ name: 'setup', step: 'turn_on' }),
    units: () => store.show({ name: 'setup', step: 'units' }),
    open_advocate: () => store.show({ name: 'link', participant: held.participant }),
    open_stripe: () =>
      void task.run(async () => {
        const { customer } = await store.doors.ask('participant', held.participant);
        if (!customer) {
          throw new ProblemError('customer_missing', { detail: 'The participant is not linked any more.' });
        }
        await store.doors.openTab(customer.dashboardUrl);
      }),
  };
  const amount = held.money && formatMoney(held.money);
  const deed = (action: Action) => {
    const label = ACTION_LABELS[action];
    if (action === 'confirm_currency')
      return (
        <AskFirst
          label={label}
          describedBy={id}
          title={`Fix the currency as ${held.facts.currency ?? held.money?.currency ?? 'this one'}?`}
          yes="Confirm and credit"
          deed={() => store.change('confirmCurrency', { reward: held.reward })}
        >
          <p>
            {amount ?? 'This reward'} goes to <code>{held.facts.customer ?? 'the customer'}</code>, which has
            never been billed. From then on Stripe bills it in this currency only.
          </p>
        </AskFirst>
      );
    if (action === 'release_cap')
      return (
        <AskFirst
          label={label}
          describedBy={id}
          title={`Let ${amount ?? 'this reward'} through?`}
          yes="Let it through once"
          deed={() => store.change('releaseCap', { reward: held.reward })}
        >
          <p>
            The cap of {held.facts.cap ?? 'this currency'} stays for all others, and this credit counts in the
            day’s sum.
          </p>
        </AskFirst>
      );
    return (
      <Button class="button" aria-describedby={id} busy={task.busy.value} onClick={deeds[action]}>
        {/* Advocate's pages have no documented address, so the participant is shown here instead. */}
        {action === 'open_advocate' ? 'Show participant' : label}
      </Button>
    );
  };

  return (
    <li class="item">
      <div class="row row-spread">
        <span class="amount">{held.money ? formatMoney(held.money) : held.unit}</span>
        <span class="muted small">for {lasting(held.since, now)}</span>
      </div>
      <p class="muted small" id={id}>
        Participant <code>{held.participant.userId}</code>
        {held.participant.accountId !== held.participant.userId && (
          <>
            {' '}
            of account <code>{held.participant.accountId}</code>
          </>
        )}
      </p>
      {!brief && <p>{what}</p>}
      {!brief && <p class="muted">{next}</p>}
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {action && NEEDS_ADMIN.includes(action) && !admin && <p class="hint">An admin has to do this.</p>}
      {action && (admin || !NEEDS_ADMIN.includes(action)) && deed(action)}
    </li>
  );
}
