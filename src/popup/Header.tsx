import { Mark } from '../ui/Mark.tsx';
import { ModeSwitch } from '../ui/ModeSwitch.tsx';
import { chosenMode } from './setup-step.ts';
import { situation } from './situation.ts';
import { useStore } from './store.ts';

/** Always there: what this is, in which mode, for which accounts, and how it stands. */
export function Header() {
  const store = useStore();
  const state = store.state.value;
  const { label, tone } = situation(state, store.problem.value !== null);
  const mode = state && chosenMode(state);
  return (
    <header class="header">
      <div class="row row-spread header-top">
        <h1 class="product">
          <Mark size={22} />
          Advocate Credits for Stripe
        </h1>
        <span class={`badge badge-${tone}`} role="status">
          <span class="sr-only">State: </span>
          {label}
        </span>
      </div>
      <div class="row row-spread header-place">
        <ModeSwitch mode={state?.mode ?? null} choose={(one) => store.change('chooseMode', { mode: one })} />
        <dl class="accounts">
          <dt class="sr-only">Stripe account</dt>
          <dd title={mode?.stripe.account ?? undefined}>
            {mode?.stripe.account
              ? [mode.stripe.accountName, mode.stripe.account].filter(Boolean).join(' · ')
              : 'No Stripe account yet'}
          </dd>
          <dt class="sr-only">Advocate tenant</dt>
          <dd>{mode?.advocate.tenant ? `Advocate · ${mode.advocate.tenant}` : 'No Advocate tenant yet'}</dd>
        </dl>
      </div>
    </header>
  );
}
