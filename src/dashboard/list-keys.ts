const A_PAGE = 10;

/** Where a key leads from a row; null for keys that lead nowhere. */
export function nextRow(key: string, from: number, count: number): number | null {
  const places: Record<string, number> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    ArrowLeft: from,
    ArrowRight: from,
    PageDown: from + A_PAGE,
    PageUp: from - A_PAGE,
    Home: 0,
    End: count - 1,
  };
  const to = places[key];
  return to === undefined ? null : Math.max(0, Math.min(to, count - 1));
}
