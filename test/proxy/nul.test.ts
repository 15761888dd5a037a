/** A character of code 0 is refused wherever it comes in: PostgreSQL holds no such text, and would fail further in. */
import { expect, test } from 'vitest';
import { ANNAS_CUSTOMER, setStage } from './stage.ts';

const NUL = '\0';
const asked: [method: string, path: string, body?: unknown][] = [
  ['GET', '/audit?subject=a%00b'],
  ['GET', '/test/ledger?accountId=%00'],
  ['GET', '/test/ledger?q=a%00b'],
  ['GET', '/test/participants/%00/a'],
  ['PUT', '/test/participants/a/b%00/link', { customer: ANNAS_CUSTOMER, previous: null }],
  ['POST', '/pair', { code: 'A', browserName: `x${NUL}` }],
  ['POST', '/test/matches', { participants: [{ accountId: NUL, userId: 'a' }] }],
];

test.each(asked)('%s %s with a character of code 0 is refused', async (method, path, body) => {
  const { status, body: problem } = await (await setStage()).ask(method, path, body);
  expect([status, problem.code]).toEqual([400, 'bad_request']);
});
