import { expect, test } from 'vitest';
import { inGroups } from '../../src/background/in-groups.ts';

/** Work whose groups end when the test says so. */
function heldUp() {
  const groups: { asked: readonly string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const ask = inGroups(
    (asked: readonly string[]) =>
      new Promise<string[]>((resolve, reject) => {
        groups.push({ asked, end: () => resolve(asked.map((one) => `${one}!`)), fail: reject });
      }),
  );
  return { ask, groups };
}
const turn = () => new Promise((resolve) => setTimeout(resolve));

test('what is asked for alone does not wait for company', async () => {
  const { ask, groups } = heldUp();
  const a = ask('a');
  await turn();
  groups[0]?.end();
  expect(await a).toBe('a!');
});

test('what comes while one group is worked on is the next group, and each hears its own answer', async () => {
  const { ask, groups } = heldUp();
  const a = ask('a');
  await turn();
  const others = [ask('b'), ask('c')];
  await turn();
  expect(groups.map(({ asked }) => asked)).toEqual([['a']]);
  groups[0]?.end();
  await a;
  await turn();
  expect(groups.map(({ asked }) => asked)).toEqual([['a'], ['b', 'c']]);
  groups[1]?.end();
  expect(await Promise.all(others)).toEqual(['b!', 'c!']);
});

test('a group that fails fails for all who are in it, and for nobody after it', async () => {
  const { ask, groups } = heldUp();
  const first = [ask('a'), ask('b')];
  for (const one of first) one.catch(() => {});
  await turn();
  const next = ask('c');
  groups[0]?.fail(new Error('The disk is full.'));
  for (const one of first) await expect(one).rejects.toThrow('The disk is full.');
  await turn();
  groups[1]?.end();
  expect(await next).toBe('c!');
});

test('work that answers for too few is an error, not an answer', async () => {
  const ask = inGroups(async (asked: readonly string[]) => asked.slice(1));
  const [a, b] = [ask('a'), ask('b')];
  await expect(b).rejects.toThrow('no answer');
  expect(await a).toBe('b');
});
