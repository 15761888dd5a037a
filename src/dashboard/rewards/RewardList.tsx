import { useSignal } from '@preact/signals';
import { useEffect, useId, useLayoutEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { useNow } from '../../ui/time.ts';
import { isAdmin } from '../surroundings.ts';
import { useRows } from '../use-rows.ts';
import type { RewardsDesk } from './desk.ts';
import { RewardRow } from './RewardRow.tsx';

/** The next page is read when so many rows are left below what is in view. */
const AHEAD = 40;
/** As rewards.css lays them out. A row as tall as estimated moves none of the others. */
const HEIGHTS = { wide: [60, 98], middle: [134, 168], narrow: [184, 240] } as const;
const shapeNow = (): keyof typeof HEIGHTS =>
  innerWidth > 1000 ? 'wide' : innerWidth > 640 ? 'middle' : 'narrow';

export function RewardList({ desk, state }: { desk: RewardsDesk; state: PopupState }) {
  const reader = desk.reader.value;
  const { rows } = reader;
  const count = reader.count.value;
  reader.version.value;
  const reading = reader.state.value;
  const canChoose = isAdmin(state);
  const now = useNow();
  const hint = useId();

  // Looked up once: the virtualiser asks for every row whenever a page has come.
  const shape = useSignal(shapeNow());
  const [plain, withReason] = HEIGHTS[shape.value];
  const estimateSize = (index: number) => (rows[index]?.reason ? withReason : plain);
  const { scroller, virtual, stopAt, onKeyDown, onFocusIn } = useRows({
    count,
    estimateSize,
    overscan: 4,
    beside,
  });
  const items = virtual.getVirtualItems();
  const last = virtual.range?.endIndex ?? 0;
  const failed = reader.problem.value !== null;
  useEffect(() => {
    const resized = () => {
      shape.value = shapeNow();
    };
    addEventListener('resize', resized);
    return () => removeEventListener('resize', resized);
  }, [shape]);
  useLayoutEffect(() => virtual.measure(), [virtual, shape.value]);
  useEffect(() => {
    // After a failure a person says when to go on.
    if (reading === 'more' && !failed && last + AHEAD >= count) void reader.more();
  }, [last, count, reading, failed, reader]);

  return (
    <div ref={scroller} class="rw-list">
      <p id={hint} class="sr-only">
        {say('rewards_list_keys')}
      </p>
      <table
        aria-label={say('rewards_list_label')}
        aria-rowcount={reading === 'done' ? count + 1 : -1}
        aria-describedby={hint}
        onKeyDown={onKeyDown}
        onFocusIn={onFocusIn}
      >
        <Head desk={desk} canChoose={canChoose} />
        <tbody class="rw-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <RewardRow
                  key={item.key}
                  desk={desk}
                  state={state}
                  row={row}
                  index={item.index}
                  start={item.start}
                  now={now}
                  isStop={item.index === stopAt}
                  canChoose={canChoose}
                  measure={virtual.measureElement}
                />
              )
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const CONTROLS = ['box', 'open', 'deed'];
/** Left and right lead along a row; up and down stay in the column. */
function beside(control: string, key: string): string {
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  return CONTROLS[Math.max(0, Math.min(CONTROLS.indexOf(control) + step, CONTROLS.length - 1))] ?? control;
}

function Head({ desk, canChoose }: { desk: RewardsDesk; canChoose: boolean }) {
  const { selection } = desk;
  selection.version.value;
  const { rows, count } = desk.reader.value;
  const chosen = selection.size();
  return (
    <thead class="rw-head">
      <tr class="rw-row" aria-rowindex={1}>
        <th scope="col" class="rw-box">
          {canChoose && (
            <input
              type="checkbox"
              aria-label={say('rewards_list_choose_all')}
              checked={chosen > 0 && chosen === count.value}
              indeterminate={chosen > 0 && chosen < count.value}
              onClick={({ currentTarget }) => {
                if (currentTarget.checked) selection.choose(rows, true);
                else selection.clear();
              }}
            />
          )}
        </th>
        <th scope="col" class="rw-amount">
          {say('rewards_column_reward')}
        </th>
        <th scope="col" class="rw-state">
          {say('rewards_column_state')}
        </th>
        <th scope="col" class="rw-who">
          {say('rewards_column_participant')}
        </th>
        <th scope="col" class="rw-customer">
          {say('rewards_column_customer')}
        </th>
        <th scope="col" class="rw-when">
          {say('rewards_column_when')}
        </th>
      </tr>
    </thead>
  );
}
