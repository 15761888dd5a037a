/** Only the rows in view are in the page; TanStack's virtualiser says which, this makes it a hook. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

type Options = Pick<
  VirtualizerOptions<HTMLDivElement, HTMLTableRowElement>,
  'count' | 'getScrollElement' | 'estimateSize' | 'overscan' | 'getItemKey' | 'rangeExtractor'
>;

export function useVirtual(options: Options): Virtualizer<HTMLDivElement, HTMLTableRowElement> {
  const [, paint] = useReducer((times: number) => times + 1, 0);
  const all = { ...options, observeElementRect, observeElementOffset, scrollToFn: elementScroll };
  const virtual = useRef<Virtualizer<HTMLDivElement, HTMLTableRowElement> | null>(null);
  const withPaint = { ...all, onChange: () => paint(undefined) };
  virtual.current ??= new Virtualizer(withPaint);
  const { current } = virtual;
  current.setOptions(withPaint);
  useLayoutEffect(() => current._didMount(), [current]);
  useLayoutEffect(() => current._willUpdate());
  return current;
}
