import { say, sayAround } from '../../locales/say.ts';
import { dateTime } from '../date-time.ts';
import type { Desk } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { Suggestion } from './Suggestion.tsx';
import { moneyWords, nameOf, rewardWords, sinceWords } from './words.ts';

type Props = {
  desk: Desk;
  row: Row;
  index: number;
  /** How far down it stands. */
  start: number;
  now: number;
  /** The one row that the Tab key reaches; arrows lead to the others. */
  isStop: boolean;
  measure: (element: HTMLTableRowElement | null) => void;
  onChoose: (row: Row) => void;
};

/** Painted anew only where something in it changes: a component that reads a signal skips equal properties. */
export function UnlinkedRow({ desk, row, index, start, now, isStop, measure, onChoose }: Props) {
  const { choices } = desk;
  choices.version.value;
  const { who, name, email, accountId, userId } = row;
  const stop = isStop ? 0 : -1;
  const customer = choices.chosen(who);
  const canSelect = choices.canSelect(who);
  return (
    <tr
      ref={measure}
      class={choices.isSelected(who) ? 'desk-row desk-row-selected' : 'desk-row'}
      aria-rowindex={index + 2}
      data-index={index}
      style={{ transform: `translateY(${start}px)` }}
    >
      <td class="desk-box">
        <input
          type="checkbox"
          data-control="box"
          tabIndex={stop}
          checked={choices.isSelected(who)}
          aria-disabled={!canSelect}
          aria-label={boxLabel(nameOf(row), customer, choices.isLinked(who))}
          onClick={(event) => {
            // A disabled box would lose the focus, so it only says so.
            if (!canSelect) event.preventDefault();
            else choices.select([who], event.currentTarget.checked);
          }}
        />
      </td>
      <td class="desk-who">
        <span class="item-title">{nameOf(row)}</span>
        {name !== null && email !== null && <span>{email}</span>}
        {![name ?? email, email].includes(userId) || accountId !== userId ? (
          <span class="muted small">
            {accountId === userId ? (
              <code>{userId}</code>
            ) : (
              sayAround('unlinked_id_of_account', {
                user: <code key="user">{userId}</code>,
                account: <code key="account">{accountId}</code>,
              })
            )}
          </span>
        ) : null}
      </td>
      <td class="desk-money">
        <span class="amount">
          {row.waiting.length > 0 ? moneyWords(row.waiting) : say('unlinked_no_amount')}
        </span>
        <span class="muted small">{rewardWords(row.rewards)}</span>
      </td>
      <td class="desk-oldest muted small" title={dateTime(row.oldest)}>
        {sinceWords(row.oldest, now)}
      </td>
      <td class="desk-suggestion">
        <Suggestion desk={desk} row={row} stop={stop} onChoose={onChoose} />
      </td>
    </tr>
  );
}

function boxLabel(name: string, customer: string | null, isLinked: boolean): string {
  if (isLinked) return say('unlinked_box_linked', { name });
  return customer === null
    ? say('unlinked_box_no_customer', { name })
    : say('unlinked_box', { name, customer });
}
