import { type Books, type Customer, lookUp } from './state.ts';

type Index = {
  /** Customers as search sees them. */
  seen: Map<string, Customer>;
  /** Changes that search has not seen yet, oldest first. */
  pending: { at: number; copy: Customer }[];
};

export type SearchIndex = ReturnType<typeof createSearchIndex>;

/** Search is eventually consistent: https://docs.stripe.com/search#data-freshness. It shows customers as they were. */
export function createSearchIndex(now: () => number, lagMs: () => number) {
  const indexes = new WeakMap<Books, Index>();

  /** Made at first use from what stands in the books: the seed is visible at once. */
  function indexOf(books: Books): Index {
    const known = indexes.get(books);
    if (known) return known;
    const seen = new Map(Object.values(books.customers).map((c) => [c.id, structuredClone(c)]));
    const index: Index = { seen, pending: [] };
    indexes.set(books, index);
    return index;
  }

  return {
    cover(books: Books) {
      indexOf(books);
    },

    changed(books: Books, customer: Customer) {
      indexOf(books).pending.push({ at: now(), copy: structuredClone(customer) });
    },

    /** Newest first. */
    visible(books: Books): Customer[] {
      const index = indexOf(books);
      const until = now() - lagMs();
      const due = index.pending.findIndex((change) => change.at > until);
      const ripe = index.pending.splice(0, due < 0 ? index.pending.length : due);
      for (const { copy } of ripe) index.seen.set(copy.id, copy);
      return [...index.seen.values()].reverse().filter((c) => !lookUp(books.customers, c.id)?.deleted);
    },
  };
}
