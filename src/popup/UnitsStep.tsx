import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import type { UnitsAnswer } from '../contract/routes.ts';
import { parseUnit } from '../contract/unit.ts';
import { say } from '../locales/say.ts';
import { retold } from '../locales/told.ts';
import { Button } from '../ui/Button.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { UnitBox } from '../ui/settings/UnitBox.tsx';
import { UnitList } from '../ui/settings/UnitList.tsx';
import { checkField, checkUnit } from '../ui/settings/unit-check.ts';
import { useTask } from '../ui/use-task.ts';
import { AdminOnly } from './AdminOnly.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

type Props = {
  state: PopupState;
  onDone: () => void;
  /** Somebody began to change something: the step stays open, whatever other people save meanwhile. */
  onEdit: () => void;
};

export function UnitsStep({ state, onDone, onEdit }: Props) {
  const store = useStore();
  const loading = useTask();
  const saving = useTask();
  const answer = useSignal<UnitsAnswer | null>(null);
  const typed = useSignal('');
  // Changes are kept apart from the list, so that they can be laid over a list that somebody else changed meanwhile.
  const added = useSignal<string[]>([]);
  const removed = useSignal<string[]>([]);

  const load = () =>
    loading.run(async () => {
      answer.value = await store.doors.ask('units', {});
    });
  // Once: another mode mounts this step anew.
  useEffect(() => void load(), []);

  const touched = typed.value !== '' || added.value.length > 0 || removed.value.length > 0;
  useEffect(() => {
    if (touched) onEdit();
  }, [touched]);

  const settings = chosenMode(state)?.settings;
  if (!settings) return <p class="muted">{say('popup_waiting_for_proxy')}</p>;

  const saved = settings.units;
  const units = [...new Set([...saved, ...added.value])].filter((unit) => !removed.value.includes(unit));
  const known = answer.value?.units ?? null;
  const check = checkUnit(typed.value, known, units);
  const admin = state.paired?.role === 'admin';

  const add = (unit: string) => {
    // One that is no unit would make every save be refused.
    if (!parseUnit(unit).ok) return;
    removed.value = removed.value.filter((one) => one !== unit);
    if (!saved.includes(unit)) added.value = [...added.value, unit];
  };
  const remove = (unit: string) => {
    added.value = added.value.filter((one) => one !== unit);
    if (saved.includes(unit)) removed.value = [...removed.value, unit];
  };
  const addTyped = () => {
    if (!check.ok) return;
    add(typed.value);
    typed.value = '';
  };

  // A unit that stands in the box, checked and fine, is meant to be saved as well.
  const toSave = check.ok ? [...units, typed.value] : units;
  const changed = toSave.length !== saved.length || toSave.some((unit) => !saved.includes(unit));
  const save = async () => {
    const { version, paused, currencyRule, caps } = settings;
    const done = await saving.run(() =>
      store.change('saveSettings', { version, units: toSave, paused, currencyRule, caps }),
    );
    if (!done) return;
    added.value = [];
    removed.value = [];
    typed.value = '';
    onDone();
  };

  const refused = saving.problem.value;
  const field = answer.value && checkField(answer.value.field);
  return (
    <>
      <p class="muted">{say('popup_units_what')}</p>
      <UnitList units={units} known={known} onRemove={admin ? remove : undefined} />
      {admin ? (
        <UnitBox
          text={typed.value}
          onType={(text) => {
            typed.value = text;
          }}
          check={check}
          known={known}
          configured={units}
          onAdd={add}
          onAddTyped={addTyped}
        />
      ) : (
        <AdminOnly words={say('popup_admin_units')} />
      )}
      {loading.problem.value && (
        <ProblemNotice
          problem={loading.problem.value}
          button={{ label: say('popup_units_again'), onClick: () => void load() }}
        />
      )}
      {field && (
        <p
          class={field.tone === 'warn' ? 'notice notice-warn' : 'hint'}
          role={field.tone === 'warn' ? 'status' : undefined}
        >
          {field.sentence}
        </p>
      )}
      {refused && (
        <ProblemNotice
          problem={
            refused.code === 'settings_changed'
              ? retold(refused, { action: say('popup_units_changed') })
              : refused
          }
          button={
            refused.code === 'settings_changed'
              ? {
                  label: say('settings_load_new'),
                  onClick: () => void saving.run(() => store.change('refresh', {})),
                }
              : undefined
          }
        />
      )}
      {admin && (
        <Button
          class="button button-primary"
          disabled={!changed}
          busy={saving.busy.value}
          onClick={() => void save()}
        >
          {saving.busy.value ? say('popup_units_saving') : say('popup_units_save')}
        </Button>
      )}
    </>
  );
}
