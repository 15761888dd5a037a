/**
 * A long table of which only the rows in view are in the page, and that the Tab key reaches once: arrows lead from row to
 * row. The row that has the focus stays in the page wherever one scrolls.
 */
import { useSignal } from '@preact/signals';
import { defaultRangeExtractor } from '@tanstack/virtual-core';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { nextRow } from './list-keys.ts';
import { useVirtual } from './use-virtual.ts';

type Options = {
  count: number;
  estimateSize: (index: number) => number;
  /** Rows before and behind those in view that are in the page as well. */
  overscan: number;
  getItemKey?: (index: number) => string | number;
  /** The control of a row (`data-control`) that an arrow to the side leads to from this one. */
  beside: (control: string, key: string) => string;
};

export function useRows({ count, beside, ...options }: Options) {
  const scroller = useRef<HTMLDivElement>(null);
  /** The one row that the Tab key reaches. */
  const stop = useSignal(0);
  const wanted = useRef<string | null>(null);
  const stopAt = Math.min(stop.value, count - 1);

  const virtual = useVirtual({
    ...options,
    count,
    getScrollElement: () => scroller.current,
    rangeExtractor: (range) => {
      const inView = defaultRangeExtractor(range);
      if (stopAt < 0 || inView.includes(stopAt)) return inView;
      return [...inView, stopAt].sort((a, b) => a - b);
    },
  });

  const focusWanted = () => {
    const row = scroller.current?.querySelector(`[data-index="${stop.value}"]`);
    if (wanted.current === null || !row) return;
    const control =
      row.querySelector<HTMLElement>(`[data-control="${wanted.current}"]`) ??
      row.querySelector<HTMLElement>('[data-control]');
    wanted.current = null;
    control?.focus({ preventScroll: true });
  };
  // A row that an arrow key leads to may only now be in the page.
  useLayoutEffect(focusWanted);

  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey) return;
    const { control } = target.dataset;
    const next = control === undefined ? null : nextRow(event.key, stopAt, count);
    if (control === undefined || next === null) return;
    event.preventDefault();
    wanted.current = beside(control, event.key);
    stop.value = next;
    virtual.scrollToIndex(next);
    focusWanted();
  };
  const onFocusIn = ({ target }: FocusEvent) => {
    const row = target instanceof Element ? target.closest('[data-index]') : null;
    if (row) stop.value = Number(row.getAttribute('data-index'));
  };
  return { scroller, virtual, stopAt, onKeyDown, onFocusIn };
}
