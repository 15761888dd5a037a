import type { Signal } from '@preact/signals';
import { formatMoney, sumByCurrency } from '../contract/money.ts';
import { explain } from '../contract/reasons.ts';
import { amounts, rewardCount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import type { Detail } from './LinkView.tsx';
import { useStore } from './store.ts';

type Props = { detail: Signal<Detail | null>; onOther: () => void };

/** Who it is, whom they are linked to, and what waits for it. */
export function ParticipantCard({ detail, onOther }: Props) {
  const found = detail.value;
  if (!found) return null;
  return (
    <div class="panel stack">
      <div class="row row-spread">
        <h3>{found.name ?? found.email ?? found.userId}</h3>
        <button type="button" class="button button-plain" onClick={onOther}>
          Another participant
        </button>
      </div>
      <dl class="facts">
        {found.email && (
          <>
            <dt>E-mail</dt>
            <dd>{found.email}</dd>
          </>
        )}
        <dt>Participant</dt>
        <dd>
          <code>{found.userId}</code>
        </dd>
        {found.accountId !== found.userId && (
          <>
            <dt>Account</dt>
            <dd>
              <code>{found.accountId}</code>
            </dd>
          </>
        )}
        <dt>Waiting</dt>
        <dd>{unpaidWords(found)}</dd>
        {found.credited.length > 0 && (
          <>
            <dt>Credited</dt>
            <dd>{amounts(found.credited)}</dd>
          </>
        )}
      </dl>
      <LinkState detail={detail} />
    </div>
  );
}

function unpaidWords({ rewards }: Detail): string {
  const unpaid = rewards.filter(({ state }) => state === 'waiting' || state === 'held' || state === 'ready');
  if (unpaid.length === 0) return 'nothing';
  const sums = sumByCurrency(unpaid.flatMap(({ money }) => (money ? [money] : [])));
  return sums.length > 0 ? `${rewardCount(unpaid.length)}, ${amounts(sums)}` : rewardCount(unpaid.length);
}

function LinkState({ detail }: { detail: Signal<Detail | null> }) {
  const store = useStore();
  const task = useTask();
  const found = detail.value;
  if (!found) return null;
  const { accountId, userId, link, customer, linkProblem, facts } = found;
  const unlink = (previous: string) =>
    void task.run(async () => {
      detail.value = await store.doors.ask('unlink', { accountId, userId, previous });
    });
  return (
    <>
      <div role="status">
        {!link && !linkProblem && <p>Not linked to a Stripe customer yet.</p>}
        {linkProblem && <p class="hint hint-warn">{explain(linkProblem, facts).what}</p>}
        {customer && (
          <p>
            Linked to {customer.name ?? customer.email ?? 'customer'} <code>{customer.id}</code>
            {customer.credit && `, credit ${formatMoney(customer.credit)}`}.
          </p>
        )}
      </div>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <div class="row">
        {customer && (
          <button
            type="button"
            class="button"
            onClick={() => void store.doors.openTab(customer.dashboardUrl)}
          >
            Open in Stripe
          </button>
        )}
        {link && (
          <Button class="button" busy={task.busy.value} onClick={() => unlink(link)}>
            Unlink
          </Button>
        )}
      </div>
    </>
  );
}
