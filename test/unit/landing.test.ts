/** Which credit an invoice used is told as people count it, and nothing is lost or invented on the way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from '../../src/proxy/landing.ts';
import { book, deeds, simple, sum } from './landing-book.ts';

test('20.00 on the invoice of 3 May, 5.00 left', () => {
  const lots = allocate(
    book([
      { deed: 'credit', amount: 2500 },
      { deed: 'invoice', total: 2000 },
    ]),
  );
  expect(lots.get('cbtxn_USD0')).toEqual({
    id: 'cbtxn_USD0',
    currency: 'USD',
    amount: 2500,
    left: 500,
    uses: [{ kind: 'invoice', amount: 2000, at: 1000, invoice: 'in_USD1', transaction: 'cbtxn_USD1' }],
  });
});

test('an invoice that needs more than the oldest credit goes on with the next', () => {
  const lots = allocate(
    book([
      { deed: 'credit', amount: 10 },
      { deed: 'credit', amount: 20 },
      { deed: 'invoice', total: 25 },
    ]),
  );
  expect([...lots.values()].map(({ left }) => left)).toEqual([0, 5]);
  expect([...lots.values()].map(({ uses }) => uses.map((use) => use.amount))).toEqual([[10], [15]]);
});

test('a voided invoice gives back what it used, to the credits it took it from', () => {
  const lots = allocate(
    book([
      { deed: 'credit', amount: 10 },
      { deed: 'credit', amount: 20 },
      { deed: 'invoice', total: 25 },
      { deed: 'void', of: 0 },
    ]),
  );
  expect([...lots.values()].map(({ left, uses }) => [left, uses])).toEqual([
    [10, []],
    [20, []],
  ]);
});

test('what is taken back is taken from the credit that is meant, whatever is older', () => {
  const lots = allocate(
    book([
      { deed: 'credit', amount: 10 },
      { deed: 'credit', amount: 20 },
      { deed: 'take_back', of: 1, amount: 20 },
    ]),
  );
  expect([...lots.values()].map(({ left }) => left)).toEqual([10, 0]);
  expect(lots.get('cbtxn_USD1')?.uses).toMatchObject([{ kind: 'taken_back', amount: 20 }]);
});

test('what the customer owed is paid first', () => {
  const lots = allocate(
    book([
      { deed: 'adjust', amount: 7 },
      { deed: 'credit', amount: 10 },
    ]),
  );
  expect(lots.get('cbtxn_USD1')).toMatchObject({ left: 3, uses: [{ kind: 'other', amount: 7 }] });
});

test('property: of every credit, what is used and what is left add up; and all that is left is the balance', () => {
  fc.assert(
    fc.property(deeds, deeds, (dollars, euros) => {
      const books = [book(dollars), book(euros, 'EUR')];
      const lots = [...allocate(books.flat()).values()];
      for (const { amount: whole, left, uses } of lots) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + sum(uses.map((use) => use.amount))).toBe(whole);
        expect(uses.every((use) => use.amount > 0)).toBe(true);
      }
      for (const movements of books) {
        const last = movements.at(-1);
        if (last === undefined) continue;
        const left = sum(lots.filter(({ currency }) => currency === last.currency).map((lot) => lot.left));
        expect(left).toBe(Math.max(0, -last.after));
      }
    }),
    { numRuns: 500 },
  );
});

test('property: an older credit has nothing left as long as an invoice used a newer one', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(...simple), { maxLength: 40 }), (some) => {
      const lots = [...allocate(book(some)).values()];
      const firstLeft = lots.findIndex(({ left }) => left > 0);
      if (firstLeft >= 0) expect(lots.slice(firstLeft + 1).flatMap(({ uses }) => uses)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('property: whoever begins to read later tells the same of what came later', () => {
  fc.assert(
    fc.property(deeds, fc.nat(40), (all, from) => {
      // Whose it is once a credit from before is taken back hangs on what was not read.
      const movements = book(all, 'USD', from);
      const whole = allocate(movements);
      for (const [id, lot] of allocate(movements.slice(from))) {
        const same = whole.get(id);
        const byKind = (uses: typeof lot.uses) =>
          (['invoice', 'taken_back', 'other'] as const).map((kind) =>
            sum(uses.filter((use) => use.kind === kind).map((use) => use.amount)),
          );
        expect([id, lot.left, byKind(lot.uses)]).toEqual([id, same?.left, byKind(same?.uses ?? [])]);
      }
    }),
    { numRuns: 500 },
  );
});
