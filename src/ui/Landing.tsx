import type { CreditLanding } from '../contract/landing.ts';
import { say, sayAround } from '../locales/say.ts';
import { money } from './amounts.ts';
import { date } from './evidence.ts';

type Use = CreditLanding['uses'][number];

/** Where one credit went: which invoice used how much of it, and what is left. */
export function Landing({ landing: { uses, left, gap, customer } }: { landing: CreditLanding }) {
  if (gap !== null) return <p class="muted small">{say(`ui_landing_${gap}`, { customer })}</p>;
  const [first, ...more] = uses;
  if (!first) return <p class="muted small">{say('ui_landing_unused')}</p>;
  const rest = left === null || left.amount === 0 ? null : money(left);
  if (more.length === 0) return <p class="small">{used(first, rest)}</p>;
  return (
    <ul class="small">
      {uses.map((use) => (
        <li key={use.transaction}>{used(use, null)}</li>
      ))}
      <li class="muted">
        {rest === null ? say('ui_landing_all_used') : say('ui_landing_left', { left: rest })}
      </li>
    </ul>
  );
}

/** @param left is told in the same sentence where that is all there is to tell. */
function used(use: Use, left: string | null) {
  const { kind, at, invoiceUrl } = use;
  const on = invoiceUrl ? (
    <a class="link-inline" href={invoiceUrl} target="_blank" rel="noreferrer">
      {date(at)}
    </a>
  ) : (
    date(at)
  );
  const blanks = { amount: <span class="amount">{money(use.money)}</span>, date: on, left };
  // What was owed before anything that is known here has no day.
  const what = kind !== 'other' ? kind : at === 0 ? 'owed' : 'changed';
  return left === null
    ? sayAround(`ui_landing_${what}`, blanks)
    : sayAround(`ui_landing_${what}_left`, blanks);
}
