import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { HeldReward } from '../contract/messages.ts';
import { formatMoney } from '../contract/money.ts';
import { ProblemError } from '../contract/problems.ts';
import { ACTION_LABELS, type Action, explain } from '../contract/reasons.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { lasting, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { useStore } from './store.ts';

/** Support looks up and links; retrying and confirming move money. */
const NEEDS_ADMIN: Action[] = ['retry', 'confirm_currency', 'connect', 'resume', 'units'];

export function HeldRow({ held, admin }: { held: HeldReward; admin: boolean }) {
  const store = useStore();
  const task = useTask();
  const now = useNow();
  const id = useId();
  const asking = useSignal(false);
  const { what, next, action } = explain(held.reason, held.facts);

  const deeds: Record<Action, () => void> = {
    link: () => store.show({ name: 'link', participant: held.participant }),
    retry: () => void task.run(() => store.change('retry', { reward: held.reward })),
    confirm_currency: () => {
      asking.value = true;
    },
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
      <p>{what}</p>
      <p class="muted">{next}</p>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {action && NEEDS_ADMIN.includes(action) && !admin && <p class="hint">An admin has to do this.</p>}
      {action && (admin || !NEEDS_ADMIN.includes(action)) && (
        <Button class="button" aria-describedby={id} busy={task.busy.value} onClick={deeds[action]}>
          {/* Advocate's pages have no documented address, so the participant is shown here instead. */}
          {action === 'open_advocate' ? 'Show participant' : ACTION_LABELS[action]}
        </Button>
      )}
      {asking.value && (
        <ConfirmDialog
          title={`Fix the currency as ${held.facts.currency ?? held.money?.currency ?? 'this one'}?`}
          yes="Confirm and credit"
          onNo={() => {
            asking.value = false;
          }}
          onYes={() => {
            asking.value = false;
            void task.run(() => store.change('confirmCurrency', { reward: held.reward }));
          }}
        >
          <p>
            {held.money ? formatMoney(held.money) : 'This reward'} goes to{' '}
            <code>{held.facts.customer ?? 'the customer'}</code>, which has never been billed. From then on
            Stripe bills it in this currency only.
          </p>
        </ConfirmDialog>
      )}
    </li>
  );
}
