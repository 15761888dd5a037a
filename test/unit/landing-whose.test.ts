/** Whose credit it is that is used, taken back or left, when several credits share one customer's balance. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from '../../src/proxy/landing.ts';
import { book, type Deed, deeds, sum, takenBackOf } from './landing-book.ts';

const credit = (amount: number): Deed => ({ deed: 'credit', amount });
const invoice = (total: number): Deed => ({ deed: 'invoice', total });
const cancel = (of = 0): Deed => ({ deed: 'void', of });
const takeBack = (of: number, amount: number, race = false): Deed => ({
  deed: 'take_back',
  of,
  amount,
  race,
});
/** Of every credit what is left and what its lines say, in their order. */
const told = (...story: Deed[]) =>
  [...allocate(book(story)).values()].map(({ left, uses }) => [
    left,
    ...uses.map(({ kind, amount }) => `${kind} ${amount}`),
  ]);

test('a credit that an invoice used is taken back: the invoice used the other one, and nobody changed anything', () => {
  expect(told(credit(20), credit(20), invoice(25), takeBack(0, 15))).toEqual([
    [0, 'invoice 5', 'taken_back 15'],
    [0, 'invoice 20'],
  ]);
});

test('an invoice that is voided after a take-back gives nothing back to the credit that was taken back', () => {
  expect(told(credit(20), invoice(20), credit(20), takeBack(0, 20), cancel())).toEqual([
    [0, 'taken_back 20'],
    [20],
  ]);
  expect(told(credit(20), credit(20), invoice(20), takeBack(0, 20), cancel())).toEqual([
    [0, 'taken_back 20'],
    [20],
  ]);
  expect(told(credit(20), credit(20), invoice(20), takeBack(1, 20), cancel())).toEqual([
    [20],
    [0, 'taken_back 20'],
  ]);
});

test('an invoice that was voided before changes nothing of whose credit is taken back', () => {
  expect(told(credit(20), invoice(20), credit(20), cancel(), takeBack(0, 20))).toEqual([
    [0, 'taken_back 20'],
    [20],
  ]);
});

test('of a credit that is taken back in part, a voided invoice gives back only the rest', () => {
  expect(told(credit(20), invoice(20), credit(20), takeBack(0, 15), cancel())).toEqual([
    [5, 'taken_back 15'],
    [20],
  ]);
});

test('the credits of three people in one pool: each take-back and the voided invoice end where they belong', () => {
  const until = [credit(10), credit(10), credit(10), invoice(15), takeBack(0, 10)];
  expect(told(...until)).toEqual([
    [0, 'taken_back 10'],
    [0, 'invoice 10'],
    [5, 'invoice 5'],
  ]);
  expect(told(...until, takeBack(1, 5))).toEqual([
    [0, 'taken_back 10'],
    [0, 'invoice 5', 'taken_back 5'],
    [0, 'invoice 10'],
  ]);
  expect(told(...until, takeBack(1, 5), cancel())).toEqual([[0, 'taken_back 10'], [5, 'taken_back 5'], [10]]);
});

test('two invoices moved to another credit stand there in the order of their days', () => {
  expect(told(credit(20), invoice(8), invoice(12), credit(30), invoice(5), takeBack(0, 20))).toEqual([
    [0, 'taken_back 20'],
    [5, 'invoice 8', 'invoice 12', 'invoice 5'],
  ]);
});

test('an invoice that uses a credit twice over is one line', () => {
  expect(told(credit(20), credit(40), invoice(25), takeBack(0, 20))).toEqual([
    [0, 'taken_back 20'],
    [15, 'invoice 25'],
  ]);
});

test('an invoice that was faster than the take-back is paid by the next credit, unless it is voided', () => {
  const until = [credit(20), invoice(20), takeBack(0, 20, true)];
  expect(told(...until, credit(30))).toEqual([
    [0, 'taken_back 20'],
    [10, 'invoice 20'],
  ]);
  expect(told(...until, credit(30), cancel())).toEqual([[0, 'taken_back 20'], [30]]);
  expect(told(...until, cancel(), credit(30))).toEqual([[0, 'taken_back 20'], [30]]);
});

test('of two invoices that were faster than the take-back, the one that is voided is paid by nobody', () => {
  const story = book([credit(20), invoice(8), invoice(12), takeBack(0, 20, true), cancel(1), credit(30)]);
  const kept = story.find((movement) => movement.amount === 8)?.invoice;
  const uses = [...allocate(story).values()].at(-1)?.uses.map((use) => use.invoice);
  expect(uses).toEqual([kept]);
});

test('what takes back a credit that was not read is not told as somebody in Stripe', () => {
  const read = book([credit(20), invoice(20), credit(20), takeBack(0, 20)]).slice(2);
  expect([...allocate(read).values()]).toMatchObject([{ left: 0, uses: [{ kind: 'taken_back' }] }]);
});

test('property: what is taken back of a credit is told of that credit, and none of it is ever left or used', () => {
  fc.assert(
    fc.property(deeds, (story) => {
      const movements = book(story);
      for (const { id, amount, left, uses } of allocate(movements).values()) {
        const taken = takenBackOf(movements, id);
        const told = sum(uses.filter(({ kind }) => kind === 'taken_back').map((use) => use.amount));
        expect([id, told]).toEqual([id, taken]);
        if (taken === amount)
          expect([left, uses.every(({ kind }) => kind === 'taken_back')]).toEqual([0, true]);
        expect(new Set(uses.map(({ transaction }) => transaction)).size).toBe(uses.length);
        expect(uses.map(({ at }) => at)).toEqual(uses.map(({ at }) => at).toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 500 },
  );
});

test('property: where nothing is owed, every invoice stands with what it used, and a voided one nowhere', () => {
  fc.assert(
    fc.property(deeds, (story) => {
      const movements = book(story);
      if ((movements.at(-1)?.after ?? 0) > 0) return;
      const uses = [...allocate(movements).values()].flatMap((lot) => lot.uses);
      for (const [name, its] of Map.groupBy(movements, (movement) => movement.invoice)) {
        if (name === null) continue;
        const told = sum(uses.filter((use) => use.invoice === name).map((use) => use.amount));
        expect([name, told]).toEqual([name, sum(its.map((movement) => movement.amount))]);
      }
    }),
    { numRuns: 500 },
  );
});
