import { useId } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { explain } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import { dateTime } from '../date-time.ts';
import type { RewardsDesk } from './desk.ts';
import { ReasonButton } from './ReasonButton.tsx';
import type { Reward } from './read-rewards.ts';
import { badgeOf, moneyOf, rewardHash, sinceWords, standingOf } from './words.ts';

type Props = {
  desk: RewardsDesk;
  state: PopupState;
  row: Reward;
  index: number;
  /** How far down it stands. */
  start: number;
  now: number;
  /** The one row that the Tab key reaches; arrows lead to the others. */
  isStop: boolean;
  canChoose: boolean;
  measure: (element: HTMLTableRowElement | null) => void;
};

/** Painted anew only where something in it changes: a component that reads a signal skips equal properties. */
export function RewardRow({ desk, state, row, index, start, now, isStop, canChoose, measure }: Props) {
  const { selection } = desk;
  selection.version.value;
  const id = useId();
  const { reward, money, accountId, userId, customer, reason, at } = row;
  const isChosen = selection.has(reward);
  const stop = isStop ? 0 : -1;
  const shape = reason === null ? 'rw-row' : 'rw-row rw-row-reason';
  const name = money ? moneyOf(money) : row.unit;
  return (
    <tr
      ref={measure}
      class={isChosen ? `${shape} rw-row-chosen` : shape}
      aria-rowindex={index + 2}
      data-index={index}
      style={{ transform: `translateY(${start}px)` }}
    >
      <td class="rw-box">
        {canChoose && (
          <input
            type="checkbox"
            data-control="box"
            tabIndex={stop}
            checked={isChosen}
            aria-label={say('rewards_row_choose', { amount: name, participant: userId })}
            onClick={({ currentTarget }) => selection.choose([row], currentTarget.checked)}
          />
        )}
      </td>
      <td class="rw-amount">
        <a id={id} class="amount" data-control="open" tabIndex={stop} href={rewardHash(reward)}>
          {name}
        </a>
        <code class="muted small">{reward}</code>
      </td>
      <td class="rw-state">
        <div class="row row-spread rw-line">
          <span class={badgeOf(row)}>{standingOf(row)}</span>
          {reason !== null && (
            <ReasonButton
              row={row}
              state={state}
              tabIndex={stop}
              describedBy={id}
              onDone={() => desk.wentOn(row)}
            />
          )}
        </div>
        {reason !== null && <span>{explain(reason, row.facts).what}</span>}
        <Result desk={desk} reward={reward} />
      </td>
      <td class="rw-who">
        <code>{userId}</code>
        {accountId !== userId && <code class="muted small">{accountId}</code>}
      </td>
      <td class="rw-customer">
        {customer === null ? (
          <span class="muted">{say('rewards_row_no_customer')}</span>
        ) : (
          <code>{customer}</code>
        )}
      </td>
      <td class="rw-when muted small" title={dateTime(at)}>
        {sinceWords(at, now)}
      </td>
    </tr>
  );
}

/** What the last deed came to. */
function Result({ desk, reward }: { desk: RewardsDesk; reward: string }) {
  const result = desk.result(reward);
  if (!result) return null;
  if (result.done) return <span class="hint hint-good">{say(`rewards_result_${result.deed}`)}</span>;
  const { problem } = result;
  return (
    <span class="hint hint-bad">
      {problem
        ? say('ui_two_sentences', { first: titleSaid(problem), second: problem.detail ?? '' }).trim()
        : say('rewards_result_silent')}
    </span>
  );
}
