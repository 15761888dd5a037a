import { parseUnit } from '../../contract/unit.ts';
import { say } from '../../locales/say.ts';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { UnitBox } from '../../ui/settings/UnitBox.tsx';
import { UnitList } from '../../ui/settings/UnitList.tsx';
import { checkUnit, type UnitView } from '../../ui/settings/unit-check.ts';
import type { Task } from '../../ui/use-task.ts';
import { type SettingsDraft, withoutUnit, withUnit } from './settings-draft.ts';

type Props = {
  units: string[];
  /** What Advocate knows; null while that is not at hand. */
  known: UnitView[] | null;
  draft: SettingsDraft;
  /** Null for whoever may only read. */
  onChange: ((draft: SettingsDraft) => void) | null;
  loading: Task;
  onLoad: () => void;
};

/** What is paid: the units, each checked against what Advocate knows of it. */
export function Units({ units, known, draft, onChange, loading, onLoad }: Props) {
  const check = checkUnit(draft.unit, known, units);
  // One that is no unit would make every save be refused.
  const add = (unit: string, rest = draft.unit) => {
    if (parseUnit(unit).ok) onChange?.({ ...withUnit(draft, unit), unit: rest });
  };
  const comes = units.some((unit) => !draft.base.units.includes(unit));
  const goes = draft.base.units.some((unit) => !units.includes(unit));
  return (
    <div class="block">
      <h3>{say('settings_units')}</h3>
      <p class="muted">{say('settings_units_what')}</p>
      {units.length === 0 && <p class="notice">{say('settings_units_empty')}</p>}
      <div class="settings-units stack">
        <UnitList
          units={units}
          known={known}
          onRemove={onChange ? (unit) => onChange(withoutUnit(draft, unit)) : undefined}
        />
        {onChange && (
          <UnitBox
            text={draft.unit}
            onType={(unit) => onChange({ ...draft, unit })}
            check={check}
            known={known}
            configured={units}
            onAdd={(unit) => add(unit)}
            onAddTyped={() => {
              if (check.ok) add(draft.unit, '');
            }}
          />
        )}
      </div>
      {comes && <p class="hint">{say('settings_units_come')}</p>}
      {goes && <p class="hint">{say('settings_units_go')}</p>}
      {loading.problem.value && (
        <ProblemNotice
          problem={loading.problem.value}
          button={{ label: say('settings_units_again'), busy: loading.busy.value, onClick: onLoad }}
        />
      )}
    </div>
  );
}
