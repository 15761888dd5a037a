import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { ConnectStep } from './ConnectStep.tsx';
import { PairStep } from './PairStep.tsx';
import { chosenMode, STEPS, type Step, setupStep } from './setup-step.ts';
import { useStore } from './store.ts';
import { TurnOnStep } from './TurnOnStep.tsx';
import { UnitsStep } from './UnitsStep.tsx';

const TITLES: Record<Step, string> = {
  pair: 'Pair this browser',
  connect: 'Connect your Stripe account',
  units: 'Choose units',
  turn_on: 'Turn credits on',
};

/** What was found, or what is going to happen, in a line under the step's name. */
function summary(step: Step, state: PopupState): string {
  const mode = chosenMode(state);
  if (step === 'pair') {
    return state.paired ? `${new URL(state.paired.proxy).host} · ${state.paired.role}` : 'Not paired yet';
  }
  if (step === 'connect') {
    if (mode?.stripe.connected) return mode.stripe.accountName ?? mode.stripe.account ?? 'Connected';
    return mode?.stripe.broken ? 'The connection was lost' : 'Not connected yet';
  }
  if (step === 'units') {
    return mode?.settings.units.length ? mode.settings.units.join(', ') : 'Which rewards become credit';
  }
  if (!mode?.settings.turnedOnAt) return 'Nothing is sent before that';
  return mode.settings.paused ? 'Paused' : 'On';
}

function isDone(step: Step, state: PopupState): boolean {
  const mode = chosenMode(state);
  if (step === 'pair') return state.paired !== null;
  if (step === 'connect') return mode?.stripe.connected ?? false;
  if (step === 'units') return (mode?.settings.units.length ?? 0) > 0;
  return mode?.settings.turnedOnAt != null;
}

type Props = { state: PopupState; asked: Step | null; back: boolean };

/** Four steps, each open to a second visit. Which one is open follows from the state, unless a person chose one. */
export function Setup({ state, asked, back }: Props) {
  const store = useStore();
  const chosen = useSignal<Step | null>(asked);
  const next = setupStep(state);
  const open: Step | null = chosen.value ?? (next === 'done' ? null : next);
  const list = useRef<HTMLOListElement>(null);

  // When a step is done its form goes away; the focus goes on to the next step instead of getting lost.
  const before = useRef(open);
  useEffect(() => {
    if (before.current === open) return;
    before.current = open;
    if (document.activeElement && document.activeElement !== document.body) return;
    list.current?.querySelector<HTMLElement>('[aria-expanded="true"]')?.focus();
  }, [open]);

  const goOn = () => {
    chosen.value = null;
    store.show({ name: 'home' });
  };
  const bodies: Record<Step, () => ComponentChildren> = {
    pair: () => <PairStep state={state} onDone={goOn} />,
    connect: () => <ConnectStep state={state} />,
    units: () => (
      <UnitsStep
        state={state}
        onDone={goOn}
        onEdit={() => {
          chosen.value = 'units';
        }}
      />
    ),
    turn_on: () => <TurnOnStep state={state} onDone={() => store.show({ name: 'home' })} />,
  };

  return (
    <section class="stack">
      <div class="row row-spread">
        <h2>{back ? 'Set-up' : `Set up ${state.mode} mode`}</h2>
        {back && (
          <button type="button" class="button button-plain" onClick={() => store.show({ name: 'home' })}>
            Back
          </button>
        )}
      </div>
      <ol class="steps" ref={list}>
        {STEPS.map((step, index) => (
          <li key={step} class="step" data-open={open === step}>
            <h3>
              <button
                type="button"
                class="step-head"
                aria-expanded={open === step}
                disabled={!state.paired && step !== 'pair'}
                onClick={() => {
                  chosen.value = step;
                }}
              >
                <span class="step-mark" data-done={isDone(step, state)} aria-hidden="true">
                  {isDone(step, state) ? '✓' : index + 1}
                </span>
                <span class="step-words">
                  <span class="sr-only">
                    Step {index + 1}
                    {isDone(step, state) ? ', done' : ''}:{' '}
                  </span>
                  <span class="step-title">{TITLES[step]}</span>
                  <span class="step-summary">{summary(step, state)}</span>
                </span>
              </button>
            </h3>
            {open === step && <div class="step-body stack">{bodies[step]()}</div>}
          </li>
        ))}
      </ol>
      {!back && state.paired && (
        <button
          type="button"
          class="button button-plain"
          onClick={() => store.show({ name: 'link', participant: null })}
        >
          Link a participant
        </button>
      )}
    </section>
  );
}
