import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { ConnectStep } from './ConnectStep.tsx';
import { FieldStep } from './FieldStep.tsx';
import { PairStep } from './PairStep.tsx';
import { isDone, STEPS, type Step, setupStep } from './setup-step.ts';
import { stepSummary } from './step-summary.ts';
import { useStore } from './store.ts';
import { TryStep } from './TryStep.tsx';
import { TurnOnStep } from './TurnOnStep.tsx';
import { UnitsStep } from './UnitsStep.tsx';

type Props = { state: PopupState; asked: Step | null; back: boolean };

/** Steps that are each open to a second visit. Which one is open follows from the state, unless a person chose one. */
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
    field: () => <FieldStep onDone={goOn} />,
    try_one: () => <TryStep state={state} onDone={goOn} />,
    turn_on: () => <TurnOnStep state={state} onDone={() => store.show({ name: 'home' })} />,
  };

  return (
    <section class="stack">
      <div class="row row-spread">
        <h2>{back ? say('popup_setup') : say(`popup_setup_${state.mode}`)}</h2>
        {back && (
          <button type="button" class="button button-plain" onClick={() => store.show({ name: 'home' })}>
            {say('popup_back')}
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
                    {isDone(step, state)
                      ? say('popup_step_number_done', { number: index + 1 })
                      : say('popup_step_number', { number: index + 1 })}{' '}
                  </span>
                  <span class="step-title">{say(`popup_step_${step}`)}</span>
                  <span class="step-summary">{stepSummary(step, state)}</span>
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
          {say('popup_link')}
        </button>
      )}
    </section>
  );
}
