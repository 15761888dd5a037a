import { useEffect, useId } from 'preact/hooks';
import { say } from '../../locales/say.ts';
import { useNow } from '../../ui/time.ts';
import { useRows } from '../use-rows.ts';
import type { Desk } from './desk.ts';
import type { Row } from './read-unlinked.ts';
import { UnlinkedRow } from './UnlinkedRow.tsx';

/** Rows flown past while scrolling are not asked about. */
const SETTLED_MS = 200;
/** As unlinked.css lays a usual row out. Where it is not so, each row in view is measured, and all behind it move. */
const rowHeight = () => (innerWidth > 1000 ? 72 : innerWidth > 640 ? 128 : 186);

type Props = { desk: Desk; onChoose: (row: Row) => void };

export function UnlinkedList({ desk, onChoose }: Props) {
  const { matcher } = desk;
  const rows = desk.shown.value;
  const now = useNow();
  const hint = useId();
  const { scroller, virtual, stopAt, onKeyDown, onFocusIn } = useRows({
    count: rows.length,
    estimateSize: rowHeight,
    overscan: 3,
    getItemKey: (index) => rows[index]?.who ?? index,
    beside,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items.at(0)?.key, items.at(-1)?.key];

  useEffect(() => {
    const timer = setTimeout(() => {
      matcher.look(virtual.getVirtualItems().flatMap(({ index }) => rows[index] ?? []));
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [first, last, matcher, virtual]);

  return (
    <div ref={scroller} class="desk">
      <p id={hint} class="sr-only">
        {say('unlinked_list_hint')}
      </p>
      <table
        aria-label={say('unlinked_list')}
        aria-rowcount={rows.length + 1}
        aria-describedby={hint}
        onKeyDown={onKeyDown}
        onFocusIn={onFocusIn}
      >
        <Head desk={desk} rows={rows} />
        <tbody class="desk-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <UnlinkedRow
                  key={item.key}
                  desk={desk}
                  row={row}
                  index={item.index}
                  start={item.start}
                  now={now}
                  isStop={item.index === stopAt}
                  measure={virtual.measureElement}
                  onChoose={onChoose}
                />
              )
            );
          })}
        </tbody>
      </table>
      {rows.length === 0 && desk.reader.rows.value.length > 0 && (
        <p class="desk-none muted">{say('unlinked_list_none')}</p>
      )}
    </div>
  );
}

/** Left and right lead from the box to the button and back. */
const beside = (control: string, key: string) =>
  key === 'ArrowRight' ? 'choose' : key === 'ArrowLeft' ? 'box' : control;

function Head({ desk, rows }: { desk: Desk; rows: readonly Row[] }) {
  const { choices } = desk;
  choices.version.value;
  const can = rows.filter(({ who }) => choices.canSelect(who));
  const chosen = can.filter(({ who }) => choices.isSelected(who)).length;
  return (
    <thead class="desk-head">
      <tr class="desk-row" aria-rowindex={1}>
        <th scope="col" class="desk-box">
          <input
            type="checkbox"
            aria-label={say('unlinked_select_all')}
            checked={can.length > 0 && chosen === can.length}
            indeterminate={chosen > 0 && chosen < can.length}
            aria-disabled={can.length === 0}
            onClick={(event) => {
              if (can.length === 0) event.preventDefault();
              else
                choices.select(
                  can.map(({ who }) => who),
                  event.currentTarget.checked,
                );
            }}
          />
        </th>
        <th scope="col" class="desk-who">
          {say('unlinked_column_participant')}
        </th>
        <th scope="col" class="desk-money">
          {say('unlinked_column_waiting')}
        </th>
        <th scope="col" class="desk-oldest">
          {say('unlinked_column_oldest')}
        </th>
        <th scope="col" class="desk-suggestion">
          {say('unlinked_column_customer')}
        </th>
      </tr>
    </thead>
  );
}
