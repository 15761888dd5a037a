import { describe, expect, test } from 'vitest';
import { canMove } from '../../src/contract/moves.ts';
import { QUEUE_STATES, type QueueState } from '../../src/contract/words.ts';

const nextOf = (from: QueueState) => QUEUE_STATES.filter((to) => canMove(from, to));

/** Every state that can come after, in any number of moves. */
function everAfter(from: QueueState): Set<QueueState> {
  const reached = new Set<QueueState>();
  const open = [from];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const to of nextOf(state)) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}

test('the straight way is open: waiting, ready, crediting, credited, redeemed', () => {
  const way: QueueState[] = ['waiting', 'ready', 'crediting', 'credited', 'redeemed'];
  for (const [at, from] of way.slice(0, -1).entries()) {
    expect(way[at + 1] && canMove(from, way[at + 1] ?? from)).toBe(true);
  }
});

test('a credited reward is never credited again, sent back to wait, or called cancelled', () => {
  expect(nextOf('credited').sort()).toEqual(['held', 'redeemed', 'reversed']);
});

test('a redeemed reward can only be reversed, and a reversed one is at its end', () => {
  expect(nextOf('redeemed')).toEqual(['reversed']);
  expect(nextOf('reversed')).toEqual([]);
});

test('only a claim leads to a credit', () => {
  expect(QUEUE_STATES.filter((from) => canMove(from, 'credited'))).toEqual(['crediting']);
  expect(QUEUE_STATES.filter((from) => canMove(from, 'crediting')).sort()).toEqual(['ready', 'waiting']);
});

test('only what was paid can be reversed', () => {
  expect(QUEUE_STATES.filter((from) => canMove(from, 'reversed')).sort()).toEqual([
    'credited',
    'held',
    'redeemed',
  ]);
});

test('what is held or waiting can go on, and what Advocate takes back from cancelled too', () => {
  for (const from of ['waiting', 'held', 'cancelled'] as const) expect(canMove(from, 'ready')).toBe(true);
});

test('what is not paid yet can wait or be held again, whatever it stood for, and Advocate can cancel it', () => {
  for (const to of ['waiting', 'held', 'cancelled'] as const) {
    const unpaid = QUEUE_STATES.filter((from) => from !== to && from !== 'credited' && canMove(from, to));
    const all = ['cancelled', 'crediting', 'held', 'ready', 'waiting'];
    expect(unpaid.sort()).toEqual(all.filter((from) => from !== to));
  }
});

describe('no state is a trap', () => {
  test.each(QUEUE_STATES.filter((state) => state !== 'reversed' && state !== 'redeemed'))(
    'from %s a reward can still be redeemed',
    (state) => {
      expect(everAfter(state)).toContain('redeemed');
    },
  );
});

test('standing still is not a move', () => {
  for (const state of QUEUE_STATES) expect(canMove(state, state)).toBe(false);
});
