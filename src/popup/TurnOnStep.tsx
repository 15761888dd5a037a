import type { PopupState } from '../contract/messages.ts';
import { rewardCount } from '../ui/amounts.ts';
import { AdminOnly } from './AdminOnly.tsx';
import { earlierRewards, earlierWords } from './earlier.ts';
import { readyToGo } from './ready-to-go.ts';
import { chosenMode } from './setup-step.ts';
import { TurnOn } from './TurnOn.tsx';

export function TurnOnStep({ state, onDone }: { state: PopupState; onDone: () => void }) {
  const mode = chosenMode(state);
  if (!mode) return <p class="muted">Waiting for the proxy’s answer.</p>;
  if (mode.settings.turnedOnAt !== null && !mode.settings.paused) {
    return <p>Credits are on. Each new reward goes through by itself.</p>;
  }
  const missing = [
    !mode.stripe.connected && 'connect Stripe',
    mode.settings.units.length === 0 && 'choose a unit',
  ].filter((deed) => deed !== false);
  if (missing.length > 0) return <p class="muted">First {missing.join(' and ')}.</p>;
  if (state.paired?.role !== 'admin') return <AdminOnly deed="turn credits on" />;

  const earlier = earlierRewards(state.queue);
  const atOnce = readyToGo(state.queue);
  const notLinked = state.queue.waiting.find((group) => group.reason === 'not_linked');
  return (
    <>
      {atOnce && <p>{atOnce}</p>}
      {!atOnce && !earlier && <p>No reward is ready yet. Each goes through as soon as it is.</p>}
      {earlier && (
        <p>{earlierWords(earlier)}, earned before the unit was added: you decide when you turn on.</p>
      )}
      <p class="muted">
        From then on, each new reward of a linked participant becomes credit on their Stripe customer by
        itself, while this or another paired browser is open.
        {notLinked &&
          ` ${rewardCount(notLinked.count)} of participants who are not linked wait until you link them.`}
      </p>
      <TurnOn state={state} onDone={onDone} />
    </>
  );
}
