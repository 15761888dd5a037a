import { expect, test } from 'vitest';
import { createStream } from '../../src/background/stream.ts';

/** A batch that ends when it is told to. */
function batch() {
  let settled = () => {};
  let end = () => {};
  let fail = (_: Error) => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return {
    work: (tell: () => void) => {
      settled = tell;
      return ended;
    },
    settle: (count: number) => {
      for (let i = 0; i < count; i++) settled();
    },
    end: () => end(),
    fail: (error: Error) => fail(error),
  };
}
/** Whether it resolves without anything else happening. */
const isOver = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  const later = new Promise((resolve) => setTimeout(resolve, 0, pending));
  return (await Promise.race([promise, later])) !== pending;
};

test('the next batch begins while the last rewards of the one before are under way', async () => {
  const stream = createStream(() => 0);
  const one = batch();
  stream.begin(100, one.work);
  const room = stream.room(false);
  expect(await isOver(room)).toBe(false);
  // Of 100, so many are settled that the rest is as good as done.
  one.settle(60);
  expect(await isOver(room)).toBe(true);
  expect(stream.isIdle()).toBe(false);
  one.end();
  await stream.end();
  expect(stream.isIdle()).toBe(true);
});

test('behind a slow batch nothing waits long: the next begins only near its end', async () => {
  let now = 0;
  const stream = createStream(() => now);
  const one = batch();
  stream.begin(100, one.work);
  const room = stream.room(false);
  for (let i = 0; i < 83; i++) {
    now += 2_000;
    one.settle(1);
  }
  expect(await isOver(room)).toBe(false);
  now += 2_000;
  one.settle(1);
  expect(await isOver(room)).toBe(true);
});

test('a batch that fails stops the others from beginning, and those under way are seen to their end', async () => {
  const stream = createStream(() => 0);
  const [one, two] = [batch(), batch()];
  stream.begin(1, one.work);
  stream.begin(1, two.work);
  const room = stream.room(true);
  one.fail(new Error('no answer'));
  await expect(room).rejects.toThrow('no answer');
  const end = stream.end();
  end.catch(() => undefined);
  expect(await isOver(end.catch(() => undefined))).toBe(false);
  two.end();
  await expect(end).rejects.toThrow('no answer');
});
