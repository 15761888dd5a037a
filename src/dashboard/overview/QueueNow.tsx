import type { PopupState } from '../../contract/messages.ts';
import type { QueueState } from '../../contract/words.ts';
import { explain } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { lasting, useNow } from '../../ui/time.ts';
import { number } from './words.ts';

/** What this browser has found and is not paid yet, and how long the oldest waits. */
export function QueueNow({ state }: { state: PopupState }) {
  const now = useNow();
  const { counts, oldestWaiting } = state.queue;
  const listed = (of: QueueState) => dashboardHash('rewards', undefined, { state: of });
  const shown = (['waiting', 'ready', 'held'] as const).map((of) => ({ of, count: counts[of] }));
  return (
    <section class="block" aria-labelledby="queue">
      <h3 id="queue">{say('overview_queue_title')}</h3>
      <dl class="sums">
        <div>
          <dt>{say('overview_queue_oldest')}</dt>
          <dd>{oldestWaiting ? lasting(oldestWaiting.since, now) : say('overview_queue_none')}</dd>
        </div>
        {shown.map(({ of, count }) => (
          <div key={of}>
            <dt>
              <a href={listed(of)}>{say(`overview_queue_${of}`)}</a>
            </dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
      </dl>
      {oldestWaiting && (
        <p class="muted">{say('overview_queue_because', { reason: explain(oldestWaiting.reason).what })}</p>
      )}
    </section>
  );
}
