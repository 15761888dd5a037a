import type { PopupState } from '../contract/messages.ts';
import { chosenMode } from '../ui/chosen-mode.ts';
import { Mark } from '../ui/Mark.tsx';
import { ModeSwitch } from '../ui/ModeSwitch.tsx';
import { useStore } from './store.ts';
import { accountOf } from './surroundings.ts';

/** Always there: what this is, in which mode, for which accounts, and who looks at it. */
export function Header() {
  const store = useStore();
  const state = store.state.value;
  return (
    <header class="header">
      <h1 class="product">
        <Mark size={24} />
        Advocate Credits for Stripe
      </h1>
      <ModeSwitch mode={state?.mode ?? null} choose={(one) => store.change('chooseMode', { mode: one })} />
      {state?.paired && <Place state={state} />}
    </header>
  );
}

function Place({ state }: { state: PopupState }) {
  const tenant = chosenMode(state)?.advocate.tenant;
  return (
    <dl class="place">
      <div>
        <dt>Stripe</dt>
        <dd>{accountOf(state) ?? 'Not connected'}</dd>
      </div>
      <div>
        <dt>Advocate</dt>
        <dd>{tenant ?? 'No tenant yet'}</dd>
      </div>
      <div>
        <dt>You</dt>
        <dd>
          {state.paired?.role}, “{state.paired?.browserName}”
        </dd>
      </div>
    </dl>
  );
}
