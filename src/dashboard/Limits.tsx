import { useSignal } from '@preact/signals';
import type { PopupState } from '../contract/messages.ts';
import type { Settings } from '../contract/routes.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { CapBoxes, CapList } from './CapBoxes.tsx';
import { CurrencyRuleBoxes } from './CurrencyRuleBoxes.tsx';
import {
  currenciesOf,
  differences,
  isChange,
  type LimitsDraft,
  RULE_NAMES,
  withDraft,
} from './limits-draft.ts';
import { useStore } from './store.ts';
import { isAdmin } from './surroundings.ts';
import { ReadOnly, Title } from './Title.tsx';

/** How much may go out without a person: per reward, per day, and to customers that were never billed. */
export function Limits({ state, settings }: { state: PopupState; settings: Settings }) {
  const store = useStore();
  const saving = useTask();
  const saved = useSignal(false);
  const stored = store.limits[state.mode];
  const draft = stored.value;
  const currencies = currenciesOf(settings);

  const change = (more: Partial<Pick<LimitsDraft, 'rule' | 'typed'>>) => {
    const from = draft ?? { base: settings, rule: null, typed: {} };
    saved.value = false;
    stored.value = { ...from, ...more };
  };
  const changed = draft !== null && isChange(settings, draft);
  // While our own save is under way, newer settings are our own.
  const moved = changed && draft.base.version !== settings.version && !saving.busy.value;
  const body = changed ? withDraft(settings, draft) : null;

  const save = async () => {
    if (!body || moved) return;
    const done = await saving.run(() => store.change('saveSettings', body));
    if (done) {
      stored.value = null;
      saved.value = true;
    } else if (saving.problem.value?.code === 'settings_changed') {
      // Shows the newer settings, and with them what differs from those that were looked at.
      await store.change('refresh', {}).catch(() => undefined);
      if (store.state.value?.session?.modes[state.mode].settings.version !== settings.version)
        saving.problem.value = null;
    }
  };

  return (
    <section class="view">
      <Title state={state}>Limits</Title>
      {!isAdmin(state) && <ReadOnly deed="change the limits" />}

      <div class="block">
        <h3>Caps</h3>
        <p class="muted">
          A reward above the most per reward is held until an admin lets it through. When the most per day is
          reached, further rewards wait for the next day, which begins at midnight UTC. An empty box means no
          cap.
        </p>
        {currencies.length === 0 && (
          <p class="notice">
            No unit is set up in {state.mode} mode yet. Add one in the extension’s popup, and its currency
            appears here.
          </p>
        )}
        {isAdmin(state) ? (
          currencies.map((currency) => (
            <CapBoxes
              key={currency}
              currency={currency}
              settings={settings}
              draft={draft}
              onType={(key, text) => change({ typed: { ...draft?.typed, [key]: text } })}
            />
          ))
        ) : (
          <CapList settings={settings} />
        )}
      </div>

      <div class="block">
        <h3>Customers that were never billed</h3>
        <p class="muted">
          Such a customer has no currency yet. The first credit fixes it, and Stripe bills them in that
          currency from then on.
        </p>
        {isAdmin(state) ? (
          <CurrencyRuleBoxes
            chosen={draft?.rule ?? settings.currencyRule}
            onChoose={(rule) => change({ rule })}
          />
        ) : (
          <p>{RULE_NAMES[settings.currencyRule]}.</p>
        )}
      </div>

      {moved && (
        <Moved
          settings={settings}
          draft={draft}
          put={(next) => {
            stored.value = next;
          }}
        />
      )}
      {saving.problem.value && <ProblemNotice problem={saving.problem.value} />}
      {isAdmin(state) && (
        <div class="row">
          <Button
            class="button button-primary"
            disabled={!body || moved}
            busy={saving.busy.value}
            onClick={() => void save()}
          >
            {saving.busy.value ? 'Saving…' : 'Save limits'}
          </Button>
          {changed && !moved && (
            <Button
              class="button"
              busy={saving.busy.value}
              onClick={() => {
                stored.value = null;
                saving.problem.value = null;
              }}
            >
              Drop my changes
            </Button>
          )}
          <p class="hint hint-good" role="status">
            {saved.value && 'Saved. It counts from the next reward on.'}
          </p>
        </div>
      )}
    </section>
  );
}

type MovedProps = { settings: Settings; draft: LimitsDraft; put: (draft: LimitsDraft | null) => void };

/** Nobody overwrites what they have not seen: saving waits until the person has read what is new. */
function Moved({ settings, draft, put }: MovedProps) {
  const news = differences(draft.base, settings);
  return (
    <div class="notice notice-warn" role="alert">
      <p class="notice-title">Somebody changed the settings in the meantime.</p>
      {news.length > 0 && (
        <ul>
          {news.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <p>The new settings are shown above; what you typed still stands in its boxes and is not saved yet.</p>
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => {
            put({ ...draft, base: settings });
          }}
        >
          Keep what I typed
        </button>
        <button type="button" class="button" onClick={() => put(null)}>
          Drop my changes
        </button>
      </div>
    </div>
  );
}
