import { type CurrencyRule, RULE_NAMES } from './limits-draft.ts';

const SENTENCES: Record<CurrencyRule, string> = {
  confirm: 'The reward is held until an admin confirms that this credit may fix the customer’s currency.',
  allow: 'The reward is credited at once, in its own currency. This cannot be changed back at Stripe.',
};

type Props = { chosen: CurrencyRule; onChoose: (rule: CurrencyRule) => void };

export function CurrencyRuleBoxes({ chosen, onChoose }: Props) {
  return (
    <fieldset class="rows">
      <legend class="sr-only">Customers that were never billed</legend>
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
            <span class="item-title">{RULE_NAMES[rule]}</span>
            <span class="muted">{SENTENCES[rule]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
