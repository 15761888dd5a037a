import { say } from '../../locales/say.ts';
import { type CurrencyRule, ruleName } from './settings-draft.ts';

type Props = { chosen: CurrencyRule; onChoose: (rule: CurrencyRule) => void };

export function CurrencyRuleBoxes({ chosen, onChoose }: Props) {
  return (
    <fieldset class="rows">
      <legend class="sr-only">{say('settings_rule')}</legend>
      {(['confirm', 'allow'] as const).map((rule) => (
        <label key={rule} class="choice choice-radio">
          <input
            type="radio"
            name="currency-rule"
            value={rule}
            checked={rule === chosen}
            onChange={() => onChoose(rule)}
          />
          <span class="choice-words">
            <span class="item-title">{ruleName(rule)}</span>
            <span class="muted">{say(`settings_rule_${rule}_means`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
