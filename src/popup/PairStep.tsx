import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import { ProblemError } from '../contract/problems.ts';
import { say, sayAround } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { readProxyAddress } from './pair-address.ts';
import { useStore } from './store.ts';
import { Unpair } from './Unpair.tsx';

export function PairStep({ state, onDone }: { state: PopupState; onDone: () => void }) {
  if (!state.paired || state.problem?.code === 'unauthorized') return <PairForm onDone={onDone} />;
  return (
    <>
      <p>
        {sayAround(`popup_pair_done_${state.paired.role}`, {
          proxy: <code>{state.paired.proxy}</code>,
          browser: state.paired.browserName,
        })}
      </p>
      <Unpair />
    </>
  );
}

function PairForm({ onDone }: { onDone: () => void }) {
  const store = useStore();
  const task = useTask();
  const id = useId();
  const address = useSignal(store.doors.addressBefore());
  const code = useSignal('');
  const tried = useSignal(false);
  const read = readProxyAddress(address.value);
  const codeMissing = code.value.trim() === '';

  /** An invitation fills both boxes; but not while it is typed letter by letter, or it would be cut at the first one. */
  const takeAddress = (text: string, whole: boolean) => {
    const invitation = readProxyAddress(text);
    if (whole && invitation.ok && invitation.code) {
      address.value = invitation.origin;
      code.value = invitation.code;
    } else {
      address.value = text;
    }
  };

  const submit = (event: Event) => {
    event.preventDefault();
    tried.value = true;
    if (!read.ok || codeMissing) return;
    const { origin, loopback } = read;
    if (!loopback && !store.doors.asksHere()) return void store.doors.openSelfInTab(origin);
    // Asked before anything is awaited: browsers only show the question while the click is fresh.
    const allowed = loopback ? Promise.resolve(true) : store.doors.allowOrigin(origin);
    void task
      .run(async () => {
        if (!(await allowed)) {
          throw new ProblemError(
            'host_permission_missing',
            told({
              detail: say('popup_pair_not_allowed', { origin }),
              action: say('popup_pair_allow'),
            }),
          );
        }
        await store.change('pair', { proxy: origin, code: code.value.trim() });
      })
      .then((done) => done && onDone());
  };

  const addressWrong = tried.value && !read.ok;
  const codeWrong = tried.value && codeMissing;
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <p class="muted">{say('popup_pair_what')}</p>
      <div class="field">
        <label for={`${id}a`}>{say('popup_pair_address')}</label>
        <input
          id={`${id}a`}
          class="input"
          type="text"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          placeholder="http://localhost:4242"
          value={address.value}
          aria-invalid={addressWrong}
          aria-describedby={`${id}ah`}
          onInput={(event) => takeAddress(event.currentTarget.value, event.inputType !== 'insertText')}
          onChange={(event) => takeAddress(event.currentTarget.value, true)}
        />
        <p id={`${id}ah`} class={addressWrong ? 'hint hint-bad' : 'hint'} aria-live="polite">
          {addressHint(address.value, tried.value)}
        </p>
      </div>
      <div class="field">
        <label for={`${id}c`}>{say('popup_pair_code')}</label>
        <input
          id={`${id}c`}
          class="input mono"
          type="text"
          autocomplete="one-time-code"
          spellcheck={false}
          value={code.value}
          aria-invalid={codeWrong}
          aria-describedby={`${id}ch`}
          onInput={(event) => {
            code.value = event.currentTarget.value;
          }}
        />
        <p id={`${id}ch`} class={codeWrong ? 'hint hint-bad' : 'hint'} aria-live="polite">
          {codeWrong ? say('popup_pair_code_missing') : say('popup_pair_code_hint')}
        </p>
      </div>
      {task.problem.value && <ProblemNotice problem={task.problem.value} />}
      <div class="row row-spread">
        <Button type="submit" class="button button-primary" busy={task.busy.value}>
          {task.busy.value ? say('popup_pairing') : say('popup_pair')}
        </Button>
        <button
          type="button"
          class="button button-plain"
          onClick={() => void store.doors.openSelfInTab(address.value)}
        >
          {say('popup_open_in_tab')}
        </button>
      </div>
    </form>
  );
}

function addressHint(text: string, tried: boolean): string {
  const read = readProxyAddress(text);
  if (!read.ok) return tried ? read.why : say('popup_pair_paste');
  if (read.loopback) return say('popup_pair_loopback');
  return say('popup_pair_will_ask', { host: new URL(read.origin).host });
}
