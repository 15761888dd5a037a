import { expect, test } from 'vitest';
import { badgeOf } from '../../src/background/badge.ts';
import { nameOfBrowser } from '../../src/background/pairing.ts';
import type { PopupState, WaitingGroup } from '../../src/contract/messages.ts';
import { ProblemError } from '../../src/contract/problems.ts';
import type { Reason } from '../../src/contract/reasons.ts';

const counts = {
  waiting: 0,
  ready: 0,
  crediting: 0,
  credited: 0,
  redeemed: 0,
  held: 0,
  cancelled: 0,
  reversed: 0,
};
const group = (reason: Reason, count: number): WaitingGroup => ({
  reason,
  facts: {},
  nextTry: null,
  count,
  sums: [],
});
function state(held: number, waiting: WaitingGroup[] = [], over: Partial<PopupState> = {}): PopupState {
  return {
    paired: { proxy: 'https://p', role: 'admin', browserName: 'b' },
    mode: 'live',
    session: null,
    sessionAt: null,
    problem: null,
    queue: { counts: { ...counts, held }, creditedToday: [], waiting, held: [], oldestWaiting: null },
    running: false,
    lastRun: null,
    nextRunAt: null,
    looked: { field: null, tryOne: null },
    hintAt: null,
    ...over,
  };
}

test('counts holds and what waits for a person, not what goes on by itself', () => {
  const waiting = [
    group('not_linked', 4),
    group('field_name_differs', 1),
    group('not_connected', 1),
    group('permission_missing', 1),
    group('pending', 50),
    group('over_cap', 50),
    group('rate_limited', 50),
  ];
  expect(badgeOf(state(2, waiting))).toMatchObject({
    text: '9',
    title: expect.stringContaining('9 rewards need'),
  });
});

test.each([
  [0, '', 'No rewards need a person'],
  [1, '1', '1 reward needs a person'],
  [999, '999', '999 rewards'],
  [1000, '999+', '1,000 rewards'],
])('%i rewards fit on the button', (held, text, words) => {
  const badge = badgeOf(state(held));
  expect(badge.text).toBe(text);
  expect(badge.title).toContain(words);
});

test('test mode says so in words, and a problem is named', () => {
  const { title } = badgeOf(
    state(1, [], { mode: 'test', problem: new ProblemError('proxy_unreachable').toProblem() }),
  );
  expect(title).toMatch(/test mode/);
  expect(title).toMatch(/could not be reached/);
  expect(badgeOf(state(1)).title).not.toMatch(/test/);
});

test('a browser never paired is quiet; one that lost its pairing is not', () => {
  expect(badgeOf(state(5, [], { paired: null })).text).toBe('');
  const problem = new ProblemError('unauthorized').toProblem();
  expect(badgeOf(state(5, [], { paired: null, problem })).text).toBe('!');
});

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36',
    'linux',
    'Chrome on Linux',
  ],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0', 'win', 'Edge on Windows'],
  ['Mozilla/5.0 (Macintosh; rv:153.0) Gecko/20100101 Firefox/153.0', 'mac', 'Firefox on macOS'],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/156.0 Safari/537.36', 'linux', 'Chrome on Linux'],
  ['something new', 'fuchsia', 'Browser on fuchsia'],
])('a browser has a name people know: %s', (agent, os, name) => {
  expect(nameOfBrowser(agent, os)).toBe(name);
});
