import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { refusalSaid } from '../locales/explain.ts';
import { locale, say, sayAround } from '../locales/say.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { AdminOnly } from './AdminOnly.tsx';
import { Disconnect } from './Disconnect.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

const LOOK_EVERY_MS = 2000;

export function ConnectStep({ state }: { state: PopupState }) {
  const stripe = chosenMode(state)?.stripe;
  if (!stripe) return <p class="muted">{say('popup_waiting_for_proxy')}</p>;
  const id = <code>{stripe.account}</code>;
  const account = stripe.accountName ?? '';
  if (stripe.connected && stripe.via === 'restricted_key') {
    return (
      <p>
        {stripe.account === null
          ? say('popup_connect_by_key_unnamed')
          : sayAround('popup_connect_by_key', { account, id })}
      </p>
    );
  }
  if (stripe.connected) {
    return (
      <>
        <p>
          {stripe.account === null
            ? say('popup_connect_done_unnamed')
            : stripe.connectedAt === null
              ? sayAround('popup_connect_done', { account, id })
              : sayAround('popup_connect_done_since', {
                  account,
                  id,
                  date: new Date(stripe.connectedAt).toLocaleDateString(locale()),
                })}
        </p>
        {state.paired?.role === 'admin' && (
          <Disconnect account={stripe.accountName ?? stripe.account} mode={state.mode} />
        )}
      </>
    );
  }
  return (
    <>
      {stripe.broken && (
        <div class="notice notice-bad">
          <p class="notice-title">{say('popup_lost')}</p>
          <p>{refusalSaid(stripe.broken)}</p>
          <p>{say('popup_lost_next')}</p>
        </div>
      )}
      {stripe.via === null && <NoWayToStripe state={state} />}
      {stripe.via === 'restricted_key' && !stripe.broken && <p>{say('popup_connect_key_refused')}</p>}
      {stripe.via === 'connect' && <Connect state={state} />}
    </>
  );
}

function NoWayToStripe({ state }: { state: PopupState }) {
  return (
    <div class="notice notice-warn">
      <p class="notice-title">{say(`popup_connect_no_way_${state.mode}`)}</p>
      <p>{say('popup_connect_no_way_next')}</p>
    </div>
  );
}

function Connect({ state }: { state: PopupState }) {
  const store = useStore();
  const task = useTask();
  const opened = useSignal(false);
  const admin = state.paired?.role === 'admin';

  // The answer arrives at the proxy, from the tab at Stripe. Looking again is how this page hears of it.
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      await store.change('refresh', {}).catch(() => undefined);
      if (!stopped) timer = setTimeout(look, LOOK_EVERY_MS);
    };
    timer = setTimeout(look, LOOK_EVERY_MS);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [store]);

  if (!admin) return <AdminOnly words={say('popup_admin_connect')} />;
  const connect = () =>
    void task.run(async () => {
      const { url } = await store.doors.ask('connect', {});
      await store.doors.openTab(url);
      opened.value = true;
    });
  return (
    <>
      <p class="muted">{say('popup_connect_what')}</p>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <Button class="button button-primary" busy={task.busy.value} onClick={connect}>
        {say('popup_connect')}
      </Button>
      <p class="hint" role="status">
        {opened.value ? say('popup_connect_waiting') : ''}
      </p>
    </>
  );
}
