import type { PopupState, WaitingGroup } from '../contract/messages.ts';
import type { Action } from '../contract/reasons.ts';
import { actionLabel, explain } from '../locales/explain.ts';
import { say } from '../locales/say.ts';
import { amounts, rewardCount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { earlierRewards } from '../ui/settings/earlier.ts';
import { relativeTime, useNow } from '../ui/time.ts';
import { useTask } from '../ui/use-task.ts';
import { CreditEarlier } from './CreditEarlier.tsx';
import { HeldRow } from './HeldRow.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

/** Rewards that go on by themselves when their cause goes away, by cause. */
export function WaitingList({ state }: { state: PopupState }) {
  const { waiting, counts } = state.queue;
  if (waiting.length === 0) {
    const unsettled = counts.held + counts.ready + counts.crediting + counts.credited;
    return unsettled === 0 ? <p class="muted">{say('popup_waiting_none')}</p> : null;
  }
  const earlier = earlierRewards(state.queue);
  const others = waiting.filter(({ reason }) => reason !== 'earned_before_unit');
  return (
    <section class="stack" aria-labelledby="waiting">
      <h2 id="waiting">{say('popup_waiting')}</h2>
      <ul class="rows">
        {earlier && <CreditEarlier state={state} earlier={earlier} />}
        {others.map((group) => (
          <Group
            key={`${group.reason} ${JSON.stringify(group.facts)}`}
            group={group}
            admin={state.paired?.role === 'admin'}
            connected={chosenMode(state)?.stripe.connected ?? false}
          />
        ))}
      </ul>
    </section>
  );
}

type GroupProps = { group: WaitingGroup; admin: boolean; connected: boolean };

function Group({ group, admin, connected }: GroupProps) {
  const store = useStore();
  const task = useTask();
  const now = useNow();
  const { what, next, action } = explain(group.reason, group.facts);
  const deeds: Partial<Record<Action, () => void>> = {
    link: () => store.show({ name: 'link', participant: null }),
    units: () => store.show({ name: 'setup', step: 'units' }),
    ...(admin && { retry: () => void task.run(() => store.change('run', {})) }),
    // Where Stripe is not connected, or credits are paused, that button stands at the top of the page already.
    ...(admin && connected && { connect: () => store.show({ name: 'setup', step: 'connect' }) }),
  };
  const labels: Partial<Record<Action, string>> = {
    // A group holds many participants, so the search begins with them.
    link: say('popup_link'),
    ...(!admin && { units: say('popup_units_see') }),
  };
  const deed = action ? deeds[action] : undefined;
  return (
    <li class="item">
      <p>
        <span class="amount">{rewardCount(group.count)}</span>
        {group.sums.length > 0 && <span class="muted"> · {amounts(group.sums)}</span>}
      </p>
      <p>{what}</p>
      <p class="muted">
        {group.nextTry === null
          ? next
          : say('popup_waiting_next_try', {
              next,
              time: relativeTime(Math.max(group.nextTry, now + 1), now),
            })}
      </p>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      {action && deed && (
        <Button class="button" busy={task.busy.value} onClick={deed}>
          {labels[action] ?? actionLabel(action)}
        </Button>
      )}
      {admin && group.oldest && group.oldest.length > 0 && (
        <details class="fold">
          <summary>{say('popup_waiting_single')}</summary>
          <ul class="rows">
            {group.oldest.map((one) => (
              <HeldRow key={one.reward} held={one} admin={admin} brief />
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}
