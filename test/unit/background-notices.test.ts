import { describe, expect, test } from 'vitest';
import {
  decide,
  type Held,
  NOBODY_TOLD,
  readPlace,
  type Standing,
  type Told,
} from '../../src/background/notices.ts';
import { isQuiet, USUAL_QUIET } from '../../src/contract/quiet-hours.ts';

const at = (hour: number) => new Date(2026, 5, 15, hour).getTime();

const held = (reward: string, more: Partial<Held> = {}): Held => ({
  reward,
  reason: 'stripe_refused',
  facts: { detail: 'No.' },
  money: { amount: 2000, currency: 'USD' },
  unit: 'STRIPE/USD',
  ...more,
});
const mode = (which: Standing['mode'], rewards: Held[] = [], lost = false): Standing => ({
  mode: which,
  held: { count: rewards.length, one: rewards[0] ?? null },
  lost,
});
/** One look after the other, each with what the one before had told. */
function looks(...standings: { quiet?: boolean; is: Standing[] }[]) {
  let told: Told = NOBODY_TOLD;
  return standings.map(({ is, quiet = false }) => {
    const { notice, told: next } = decide(is, told, quiet);
    told = next;
    return notice;
  });
}

describe('told once', () => {
  test('a reward that is held, with its amount and its reason', () => {
    const [first] = looks({ is: [mode('live', [held('r1')])] });
    expect(first).toEqual({
      id: 'live/held/r1',
      title: '1 reward needs a person',
      message: 'Live mode, $20.00 USD: Stripe refused the credit: “No.”',
    });
  });

  test('a lost connection, until it stood again and was lost again', () => {
    const is = (lost: boolean) => ({ is: [mode('live', [], lost)] });
    const said = looks(is(true), is(true), is(false), is(true)).map((notice) => notice?.id ?? null);
    expect(said).toEqual(['live/lost', null, null, 'live/lost']);
  });

  test('a mode that is not known at the moment is not taken for mended', () => {
    const lost = { is: [mode('live', [], true)] };
    expect(looks(lost, { is: [] }, lost)[2]).toBeNull();
  });
});

describe('several at once are one', () => {
  test('of one mode: how many', () => {
    const [notice] = looks({ is: [mode('test', [held('r1'), held('r2')])] });
    expect(notice).toEqual({
      id: 'test/held',
      title: '2 rewards need a person',
      message: 'Test mode: 2 rewards are held. Each says why.',
    });
  });

  test('of everything: real money first, and what stops all of it before single rewards', () => {
    const [notice] = looks({
      is: [mode('test', [held('r1')]), mode('live', [held('r2'), held('r3')], true)],
    });
    expect(notice).toEqual({
      id: 'live/lost',
      title: 'Credits stand still until a person helps',
      message: [
        'Live mode: the connection to Stripe was lost. Rewards are kept and go through after you connect.',
        'Live mode: 2 rewards are held. Each says why.',
        'Test mode, $20.00 USD: Stripe refused the credit: “No.”',
      ].join('\n'),
    });
  });
});

describe('nobody is told', () => {
  test('of nothing', () => {
    expect(looks({ is: [mode('live')] }, { is: [] })).toEqual([null, null]);
  });

  test('of a participant', () => {
    const [notice] = looks({ is: [mode('live', [held('r1')])] });
    expect(notice?.message).not.toContain('r1');
  });
});

describe('quiet hours', () => {
  test.each([
    [21, false],
    [22, true],
    [0, true],
    [6, true],
    [7, false],
    [12, false],
  ])('over midnight: at %i', (hour, quiet) => {
    expect(isQuiet(USUAL_QUIET, new Date(at(hour)))).toBe(quiet);
  });

  test('within a day, and none at all', () => {
    const lunch = { from: 12, to: 14 };
    expect([11, 12, 13, 14].map((hour) => isQuiet(lunch, new Date(at(hour))))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isQuiet(null, new Date(at(3)))).toBe(false);
  });

  test('what came up is told after they end, if it is still so', () => {
    const look = (quiet: boolean, lost: boolean) => ({ is: [mode('live', [], lost)], quiet });
    const still = looks(look(true, true), look(false, true), look(false, true));
    expect(still.map((notice) => notice?.id)).toEqual([undefined, 'live/lost', undefined]);
    expect(looks(look(true, true), look(false, false))).toEqual([null, null]);
  });
});

test.each([
  ['live/held/r1', { mode: 'live', what: 'held', reward: 'r1' }],
  ['test/held', { mode: 'test', what: 'held', reward: null }],
  ['live/lost', { mode: 'live', what: 'lost', reward: null }],
  ['', null],
  ['live/other', null],
  ['both/held', null],
])('the id %s says where to go', (id, place) => {
  expect(readPlace(id)).toEqual(place);
});
