import type { PopupState } from '../contract/messages.ts';
import { formatMoney } from '../contract/money.ts';
import { ACTION_LABELS } from '../contract/reasons.ts';
import { rewardCount } from '../ui/amounts.ts';
import { AskFirst } from './AskFirst.tsx';
import { type Earlier, earlierWords } from './earlier.ts';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

/** What was earned before its unit was added, as one group, with the button that lets all of it through. */
export function CreditEarlier({ state, earlier }: { state: PopupState; earlier: Earlier }) {
  const store = useStore();
  const settings = chosenMode(state)?.settings;
  return (
    <li class="item">
      <p class="amount">{earlierWords(earlier)}</p>
      <p>Earned before the unit was added here.</p>
      <p class="muted">They wait until an admin confirms that they are to be credited.</p>
      {settings && state.paired?.role === 'admin' && (
        <AskFirst
          label={ACTION_LABELS.confirm_backfill}
          title={`Credit ${rewardCount(earlier.count)} earned earlier?`}
          yes="Credit earlier rewards"
          deed={() => store.change('confirmBackfill', { version: settings.version, seen: earlier.sums })}
        >
          <EarlierSums earlier={earlier} />
          <p>
            {state.mode === 'live' && 'This is live mode: customers get real credit. '}
            {settings.paused ? 'They go through once credits are turned on.' : 'They go through now.'} Each is
            judged once more before it is paid.
          </p>
        </AskFirst>
      )}
    </li>
  );
}

export function EarlierSums({ earlier }: { earlier: Earlier }) {
  return (
    <ul class="earlier-sums">
      {earlier.sums.map((sum) => (
        <li key={sum.currency} class="amount">
          {formatMoney(sum)}
        </li>
      ))}
    </ul>
  );
}
