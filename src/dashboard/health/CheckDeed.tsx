import type { Health } from '../../contract/health.ts';
import { healthText } from '../../contract/health-codes.ts';
import type { PopupState } from '../../contract/messages.ts';
import { actionLabel } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { TurnOnButton } from '../../ui/settings/TurnOnButton.tsx';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { isAdmin } from '../surroundings.ts';

type Props = { state: PopupState; check: Health['checks'][number]; onDone: () => void };

/** The one thing to do about it, where it can be done from here. */
export function CheckDeed({ state, check, onDone }: Props) {
  const { change } = useStore();
  const { action } = healthText(check.code);
  if (check.check === 'reconcile')
    return (
      <a class="button" href={dashboardHash('reconcile')}>
        {say('health_open_reconcile')}
      </a>
    );
  if (action === 'link')
    return (
      <a class="button" href={dashboardHash('unlinked')}>
        {actionLabel(action)}
      </a>
    );
  if (action === null) return null;
  if (!isAdmin(state)) return <p class="hint">{say('health_admin_only')}</p>;
  if (action === 'units')
    return (
      <a class="button" href={dashboardHash('settings')}>
        {actionLabel(action)}
      </a>
    );
  if (action === 'connect') return <Connect />;
  return action === 'resume' ? <TurnOnButton state={state} change={change} onDone={onDone} /> : null;
}

/** Stripe asks the admin in a tab of its own, and leads back from there. */
function Connect() {
  const store = useStore();
  const task = useTask();
  const connect = () =>
    task.run(async () => {
      const { url } = await store.doors.ask('connect', {});
      open(url, '_blank', 'noopener');
    });
  return (
    <>
      <Button class="button" busy={task.busy.value} onClick={() => void connect()}>
        {actionLabel('connect')}
      </Button>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
    </>
  );
}
