import { useId } from 'preact/hooks';
import type { Health } from '../../contract/health.ts';
import { say, sayCount } from '../../locales/say.ts';
import { relativeTime, useNow } from '../../ui/time.ts';

/** From this part of what is allowed on, the bar warns. */
const NEAR = 0.8;

/** How near this proxy comes to what Stripe allows in a second. */
export function Headroom({ limits }: { limits: Health['limits'] }) {
  const { allowed, busiest, lastMinute, slowedLastHour, lastSlowedAt } = limits;
  const now = useNow();
  const id = useId();
  const words = sayCount('health_headroom_busiest', busiest, { allowed });
  return (
    <div class="block">
      <h3 id={id}>{say('health_headroom')}</h3>
      <div class="headroom">
        <p>{words}</p>
        <meter
          class="meter"
          aria-labelledby={id}
          aria-valuetext={words}
          min={0}
          max={allowed}
          high={NEAR * allowed}
          optimum={0}
          value={busiest}
        />
        <p class="muted small">
          {sayCount('health_headroom_minute', lastMinute)}{' '}
          {slowedLastHour === 0
            ? say('health_headroom_never_slowed')
            : sayCount('health_headroom_slowed', slowedLastHour, {
                when: relativeTime(Math.min(lastSlowedAt ?? now, now), now),
              })}
        </p>
      </div>
    </div>
  );
}
