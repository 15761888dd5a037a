/** What is read in pages is read one page ahead, and no further. */
import { expect, test } from 'vitest';
import { ahead } from '../../src/proxy/ahead.ts';

/** Ten items, and what has been begun of them. */
function tenItems(failsAt = 10) {
  const begun: number[] = [];
  let closed = false;
  async function* make() {
    try {
      for (let i = 0; i < 10; i++) {
        begun.push(i);
        await null;
        if (i === failsAt) throw new Error(`no ${i}`);
        yield i;
      }
    } finally {
      closed = true;
    }
  }
  return { items: make(), begun, isClosed: () => closed };
}
const aTurn = () => new Promise((resolve) => setTimeout(resolve));

test('the first is begun at once, the next while one is used, and never more', async () => {
  const { items, begun } = tenItems();
  const read = ahead(items);
  await aTurn();
  expect(begun).toEqual([0]);
  for (let i = 0; i < 9; i++) {
    expect((await read.next()).value).toBe(i);
    await aTurn();
    expect(begun).toHaveLength(i + 2);
  }
  expect((await read.next()).value).toBe(9);
  expect((await read.next()).done).toBe(true);
});

test('a failure is heard in its turn, after what came before it', async () => {
  const read = ahead(tenItems(1).items);
  expect((await read.next()).value).toBe(0);
  await aTurn();
  await expect(read.next()).rejects.toThrow('no 1');
});

test('whoever stops reading leaves nothing open, and hears of no failure that came after', async () => {
  const { items, isClosed } = tenItems(1);
  for await (const item of ahead(items)) {
    expect(item).toBe(0);
    break;
  }
  expect(isClosed()).toBe(true);
});
