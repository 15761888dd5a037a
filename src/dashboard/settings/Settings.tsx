import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import type { Settings } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { chosenMode } from '../../ui/chosen-mode.ts';
import { Opening } from '../../ui/Opening.tsx';
import type { UnitView } from '../../ui/settings/unit-check.ts';
import { useTask } from '../../ui/use-task.ts';
import type { Change } from '../../ui/worker-state.ts';
import { useStore } from '../store.ts';
import { isAdmin } from '../surroundings.ts';
import { Title } from '../Title.tsx';
import { CapBoxes, CapList } from './CapBoxes.tsx';
import { Credits } from './Credits.tsx';
import { CurrencyRuleBoxes } from './CurrencyRuleBoxes.tsx';
import { Save } from './Save.tsx';
import {
  currenciesOf,
  emptyDraft,
  isChange,
  keyOf,
  leftOver,
  ruleName,
  type SettingsDraft,
  unitsOf,
  withDraft,
} from './settings-draft.ts';
import { Units } from './Units.tsx';

/** What is paid, and how much may go out without a person. */
export function SettingsView({ state }: { state: PopupState }) {
  const settings = chosenMode(state)?.settings;
  return (
    <section class="view">
      <Title state={state}>{say('settings_title')}</Title>
      {!isAdmin(state) && <p class="notice">{say('settings_read_only')}</p>}
      {settings ? <Parts state={state} settings={settings} /> : <Opening />}
    </section>
  );
}

function Parts({ state, settings }: { state: PopupState; settings: Settings }) {
  const store = useStore();
  const saving = useTask();
  const loading = useTask();
  const known = useSignal<UnitView[] | null>(null);
  const saved = useSignal(false);
  const changingNow = useSignal(false);
  const stored = store.drafts[state.mode];
  const load = () =>
    void loading.run(async () => {
      known.value = (await store.doors.ask('units', {})).units;
    });
  // Once: another mode mounts the view anew.
  useEffect(load, []);

  const draft = stored.value ?? emptyDraft(settings);
  const put = (next: SettingsDraft) => {
    saved.value = false;
    stored.value = next;
  };
  const changed = isChange(settings, draft);
  const isNew = changed && draft.base.version !== settings.version;
  // While our own deed is under way, newer settings are our own.
  const moved = isNew && !saving.busy.value && !changingNow.value;
  const body = changed ? withDraft(settings, draft, known.value) : null;

  /** Pausing and turning on are no news to whoever did it: what they typed is laid over what came of it. */
  const change: Change = async (name, request) => {
    changingNow.value = true;
    try {
      await store.change(name, request);
      const base = store.state.value?.session?.modes[state.mode].settings;
      if (stored.value && base && !isNew) stored.value = { ...stored.value, base };
    } finally {
      changingNow.value = false;
    }
  };

  const save = async () => {
    if (!body || moved) return;
    const { value: sent } = stored;
    const done = await saving.run(async () => {
      await store.change('saveSettings', body);
      const base = store.state.value?.session?.modes[state.mode].settings;
      stored.value = base ? leftOver(stored.value, sent, base) : null;
      saved.value = stored.value === null;
    });
    if (!done && saving.problem.value?.code === 'settings_changed') {
      // Shows the newer settings, and with them what differs from those that were looked at.
      await store.change('refresh', {}).catch(() => undefined);
      if (store.state.value?.session?.modes[state.mode].settings.version !== settings.version)
        saving.problem.value = null;
    }
  };

  const admin = isAdmin(state);
  const units = unitsOf(settings, draft);
  const currencies = currenciesOf({ units, caps: settings.caps });
  return (
    <>
      <Credits state={state} change={change} />
      <Units
        units={units}
        known={known.value}
        draft={draft}
        onChange={admin ? put : null}
        loading={loading}
        onLoad={load}
      />
      <div class="block">
        <h3>{say('settings_caps')}</h3>
        <p class="muted">{say('settings_caps_what')}</p>
        {currencies.length === 0 && <p class="notice">{say(`settings_caps_no_unit_${state.mode}`)}</p>}
        {admin ? (
          currencies.map((currency) => (
            <CapBoxes
              key={currency}
              currency={currency}
              settings={settings}
              draft={draft}
              onType={(cap, text) =>
                put({ ...draft, typed: { ...draft.typed, [keyOf(currency, cap)]: text } })
              }
            />
          ))
        ) : (
          <CapList settings={settings} />
        )}
      </div>
      <div class="block">
        <h3>{say('settings_rule')}</h3>
        <p class="muted">{say('settings_rule_what')}</p>
        {admin ? (
          <CurrencyRuleBoxes
            chosen={draft.rule ?? settings.currencyRule}
            onChoose={(rule) => put({ ...draft, rule })}
          />
        ) : (
          <p>{say('settings_sentence', { words: ruleName(settings.currencyRule) })}</p>
        )}
      </div>
      {admin && (
        <Save
          settings={settings}
          draft={draft}
          body={body}
          stand={moved ? 'moved' : changed ? 'changed' : saved.value ? 'saved' : 'same'}
          saving={saving}
          onSave={() => void save()}
          onKeep={() => put({ ...draft, base: settings })}
          onDrop={() => {
            stored.value = null;
            saving.problem.value = null;
          }}
        />
      )}
    </>
  );
}
