import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { chosenMode } from '../ui/chosen-mode.ts';
import { Mark } from '../ui/Mark.tsx';
import { ModeSwitch } from '../ui/ModeSwitch.tsx';
import { useStore } from './store.ts';
import { accountOf, isAdmin } from './surroundings.ts';

/** Always there: what this is, in which mode, for which accounts, and who looks at it. */
export function Header() {
  const store = useStore();
  const state = store.state.value;
  return (
    <header class="header">
      <h1 class="product">
        <Mark size={24} />
        {say('dashboard_frame_product')}
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
        <dt>{say('dashboard_header_stripe')}</dt>
        <dd>{accountOf(state)}</dd>
      </div>
      <div>
        <dt>{say('dashboard_header_advocate')}</dt>
        <dd>{tenant ?? say('dashboard_header_no_tenant')}</dd>
      </div>
      <div>
        <dt>{say('dashboard_header_you')}</dt>
        <dd>
          {say(isAdmin(state) ? 'dashboard_header_admin' : 'dashboard_header_support', {
            browser: state.paired?.browserName ?? '',
          })}
        </dd>
      </div>
    </dl>
  );
}
