import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
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
  if (!stripe) return <p class="muted">Waiting for the proxy’s answer.</p>;
  const account = stripe.accountName ?? stripe.account ?? 'this account';
  if (stripe.connected && stripe.via === 'restricted_key') {
    return (
      <p>
        Connected with the proxy’s restricted key, to {account} <code>{stripe.account}</code>. There is
        nothing to do here.
      </p>
    );
  }
  if (stripe.connected) {
    return (
      <>
        <p>
          Connected to {account} <code>{stripe.account}</code>
          {stripe.connectedAt !== null && ` since ${new Date(stripe.connectedAt).toLocaleDateString()}`}.
        </p>
        {state.paired?.role === 'admin' && <Disconnect account={account} mode={state.mode} />}
      </>
    );
  }
  return (
    <>
      {stripe.broken && (
        <div class="notice notice-bad">
          <p class="notice-title">Stripe is not connected any more.</p>
          <p>{stripe.broken}</p>
          <p>Rewards are kept and go through after you connect.</p>
        </div>
      )}
      {stripe.via === null && <NoWayToStripe state={state} />}
      {stripe.via === 'restricted_key' && !stripe.broken && (
        <p>
          The proxy has a restricted key, but Stripe did not accept it yet. Check the key in its settings
          file.
        </p>
      )}
      {stripe.via === 'connect' && <Connect state={state} />}
    </>
  );
}

function NoWayToStripe({ state }: { state: PopupState }) {
  return (
    <div class="notice notice-warn">
      <p class="notice-title">The proxy has no way to Stripe in {state.mode} mode.</p>
      <p>
        Whoever runs it adds a Stripe Connect client or a restricted key to its settings file and restarts it.
      </p>
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

  if (!admin) return <AdminOnly deed="connect Stripe" />;
  const connect = () =>
    void task.run(async () => {
      const { url } = await store.doors.ask('connect', {});
      await store.doors.openTab(url);
      opened.value = true;
    });
  return (
    <>
      <p class="muted">
        Stripe opens in a new tab and asks which account to use. The proxy may then read customers and add
        credit; this browser never sees the key.
      </p>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <Button class="button button-primary" busy={task.busy.value} onClick={connect}>
        Connect Stripe
      </Button>
      <p class="hint" role="status">
        {opened.value
          ? 'Waiting for you to finish at Stripe. This page sees it by itself. Refused or closed it? Connect again.'
          : ''}
      </p>
    </>
  );
}
