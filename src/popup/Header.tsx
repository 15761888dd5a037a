import { say } from '../locales/say.ts';
import { Mark } from '../ui/Mark.tsx';
import { ModeSwitch } from '../ui/ModeSwitch.tsx';
import { chosenMode, type ModeState } from './setup-step.ts';
import { situation } from './situation.ts';
import { useStore } from './store.ts';

function accountOf(stripe: ModeState['stripe'] | undefined): string {
  if (stripe?.account) return [stripe.accountName, stripe.account].filter(Boolean).join(' · ');
  // The key is of one account, and may not ask which.
  if (stripe?.via === 'restricted_key' && stripe.connected) return say('popup_header_restricted_key');
  return say('popup_header_no_stripe');
}

/** Always there: what this is, in which mode, for which accounts, and how it stands. */
export function Header() {
  const store = useStore();
  const state = store.state.value;
  const { situation: word, tone } = situation(state, store.problem.value !== null);
  const mode = state && chosenMode(state);
  return (
    <header class="header" aria-busy={store.looking.value}>
      <div class="row row-spread header-top">
        <h1 class="product">
          <Mark size={22} />
          {say('popup_product')}
        </h1>
        <span class={`badge badge-${tone}`} role="status">
          <span class="sr-only">{say('popup_header_state')} </span>
          {say(`popup_situation_${word}`)}
        </span>
      </div>
      <div class="band" data-mode={state?.mode}>
        <p class="band-words">
          {state && (
            <>
              <strong>{say(`popup_mode_${state.mode}`)}</strong>
              <span>{say(`popup_mode_${state.mode}_means`)}</span>
            </>
          )}
        </p>
        <ModeSwitch mode={state?.mode ?? null} choose={(one) => store.change('chooseMode', { mode: one })} />
      </div>
      <dl class="accounts">
        <dt class="sr-only">{say('popup_header_stripe_account')}</dt>
        <dd title={mode?.stripe.account ?? undefined}>{accountOf(mode?.stripe)}</dd>
        <dt class="sr-only">{say('popup_header_tenant')}</dt>
        <dd>
          {mode?.advocate.tenant
            ? say('popup_header_advocate', { tenant: mode.advocate.tenant })
            : say('popup_header_no_tenant')}
        </dd>
      </dl>
    </header>
  );
}
