import type { PopupState } from '../../contract/messages.ts';
import { say, sayCount } from '../../locales/say.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { warningWords } from '../../ui/evidence.ts';
import { placeOf } from '../surroundings.ts';
import type { Desk } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { listed, nameOf, participantCount, waitingWords } from './words.ts';

type Props = { desk: Desk; state: PopupState; onClose: () => void };

const MOST_NAMED = 5;

/** Asks once: how many, what money goes through, and what was chosen against a warning. */
export function Review({ desk, state, onClose }: Props) {
  const rows = desk.selected.value;
  const participants = participantCount(rows.length);
  const against = warned(desk, rows);
  return (
    <ConfirmDialog
      title={say('unlinked_link_ask', { participants })}
      yes={say('unlinked_link_many', { participants })}
      onYes={() => {
        onClose();
        desk.link();
      }}
      onNo={onClose}
    >
      <p>{say('unlinked_review_through', { rewards: waitingWords(rows) })}</p>
      {against.map(({ warning, who }) => (
        <div key={warning} class="notice notice-warn">
          <p class="notice-title">{sayCount('unlinked_review_against', who.length, { warning })}</p>
          <p>{namesOf(who)}</p>
        </div>
      ))}
      <p class="muted">{placeOf(state)}</p>
    </ConfirmDialog>
  );
}

function namesOf(who: readonly Row[]): string {
  const names = listed(who.slice(0, MOST_NAMED).map(nameOf));
  const more = who.length - MOST_NAMED;
  return more > 0 ? sayCount('unlinked_names_more', more, { names }) : names;
}

function warned({ choices }: Desk, rows: readonly Row[]): { warning: string; who: Row[] }[] {
  const by = new Map<string, Row[]>();
  const accounts = new Map<string | null, Set<string>>();
  const customers = new Map<string, Set<string | null>>();
  for (const { who, accountId } of rows) {
    const customer = choices.chosen(who);
    accounts.set(customer, (accounts.get(customer) ?? new Set()).add(accountId));
    customers.set(accountId, (customers.get(accountId) ?? new Set()).add(customer));
  }
  for (const row of rows) {
    const customer = choices.chosen(row.who);
    const candidate = choices.candidates(row.who).find(({ id }) => id === customer);
    const warnings = candidate
      ? candidate.warnings.map(warningWords)
      : [say('unlinked_warning_not_looked_up')];
    if ((accounts.get(customer)?.size ?? 0) > 1) warnings.push(say('unlinked_warning_shared'));
    if ((customers.get(row.accountId)?.size ?? 0) > 1) warnings.push(say('unlinked_warning_torn'));
    for (const warning of warnings) by.set(warning, [...(by.get(warning) ?? []), row]);
  }
  return [...by].map(([warning, who]) => ({ warning, who }));
}
