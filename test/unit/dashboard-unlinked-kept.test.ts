import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { LinkWish } from '../../src/contract/linking.ts';
import { createDesk } from '../../src/dashboard/unlinked/desk.ts';
import { createKeeper, type Keeper } from '../../src/dashboard/unlinked/kept-runs.ts';
import type { Ask } from '../../src/ui/ask.ts';
import { gate, match, outcomeOf, person, settled } from './dashboard-unlinked-scene.ts';

const wishOf = (userId: string): LinkWish => ({
  ...{ accountId: `${userId}@example.com`, userId, customer: `cus_${userId}`, previous: null },
});
const wishes = Array.from({ length: 60 }, (_, index) => wishOf(`p${index}`));

/** What a tab holds is only let go when it dies, which a test cannot: so each test has a slot of its own. */
let slots = 0;
const freshSlot = () => `slot ${++slots}`;

/** As a tab's keeper is after its tab was closed: whatever it says is not heard any more. */
const inMemory = () => {
  const kept: { wishes: LinkWish[] | null; outcomes: ReturnType<typeof outcomeOf>[]; order: string[] } = {
    ...{ wishes: null, outcomes: [], order: [] },
  };
  const keeper: Keeper = {
    async begin(begun) {
      kept.order.push('begin');
      Object.assign(kept, { wishes: [...begun], outcomes: [] });
    },
    async add(outcomes) {
      kept.outcomes.push(...outcomes);
    },
    left: async () => kept.wishes && { wishes: kept.wishes, outcomes: [...kept.outcomes] },
    async forget() {
      kept.wishes = null;
    },
  };
  return { kept, keeper };
};

/** Advocate's links, each with how often it was written, and a desk that a tab has. */
function scene() {
  const links = new Map<string, number>();
  const asked: number[] = [];
  let answered: Promise<void> = Promise.resolve();
  const ask = (async (name: string, request: { links: LinkWish[]; participants: LinkWish[] }) => {
    if (name === 'unlinked') {
      const left = wishes.filter(({ userId }) => !links.has(userId));
      return { participants: left.map(({ userId }) => person(userId)), after: null };
    }
    if (name === 'matches')
      return { matches: request.participants.map((one) => match(one, [`cus_${one.userId}`])) };
    asked.push(request.links.length);
    const outcomes = request.links.map((wish) => {
      if (links.has(wish.userId)) return outcomeOf(wish, { state: 'unchanged' });
      links.set(wish.userId, (links.get(wish.userId) ?? 0) + 1);
      return outcomeOf(wish);
    });
    await answered;
    return { outcomes };
  }) as Ask;
  return {
    links,
    asked,
    ask,
    answerAfter(opened: Promise<void>) {
      answered = opened;
    },
  };
}

test('a linking is kept before its first question, and taken up as paused by the next tab', async () => {
  const { kept, keeper } = inMemory();
  const { links, asked, ask, answerAfter } = scene();
  const first = createDesk(ask, { list: keeper });
  first.enter();
  await settled();
  first.matcher.findAll();
  await settled();
  const never = gate<void>();
  first.link();
  answerAfter(never.opened);
  await settled();
  // The tab is closed here: the second batch was written, and its answer is never heard.
  expect(asked).toEqual([25]);
  expect(kept.order).toEqual(['begin']);
  expect(links.size).toBe(25);

  answerAfter(Promise.resolve());
  const second = createDesk(ask, { list: keeper });
  second.enter();
  await settled();
  const run = second.run.value;
  expect([run?.state.value, run?.isTakenUp]).toEqual(['paused', true]);
  expect(second.reader.rows.value, 'what is linked does not wait any more').toHaveLength(35);
  expect(asked, 'nothing is linked before somebody says so').toEqual([25]);
  await run?.go();
  expect([...links.values()], 'all of them, none twice').toEqual(Array(60).fill(1));
  expect(run?.tally.value).toMatchObject({ all: 60, left: 0, refused: 0 });
  expect(kept.outcomes).toHaveLength(60);

  const third = createDesk(ask, { list: keeper });
  third.enter();
  await settled();
  expect(third.run.value?.state.value, 'nobody has closed its result').toBe('done');
  await second.closeRun();
  expect(kept.wishes).toBeNull();
});

test('a file that was being linked goes on in the next tab, and its result is whole', async () => {
  const { keeper } = inMemory();
  const { links, ask } = scene();
  await keeper.begin(wishes);
  await keeper.add(wishes.slice(0, 25).map((wish) => outcomeOf(wish)));
  const desk = createDesk(ask, { file: keeper });
  desk.enter();
  await settled();
  const { value: stage } = desk.importing.stage;
  if (stage.name !== 'linking') throw new Error(`It is at ${stage.name}.`);
  expect(stage.run.tally.value).toMatchObject({ linked: 25, left: 35 });
  await stage.run.go();
  expect(links.size).toBe(35);
  expect(stage.run.tally.value).toMatchObject({ linked: 60, left: 0 });
  await desk.importing.close();
  expect(desk.importing.stage.value.name).toBe('none');
  expect(await keeper.left()).toBeNull();
});

test('what is begun while the database is still read is not replaced by what was left', async () => {
  const { keeper } = inMemory();
  const { ask } = scene();
  await keeper.begin(wishes);
  const slow = gate<void>();
  const left = async () => {
    await slow.opened;
    return { wishes, outcomes: [] };
  };
  const desk = createDesk(ask, { list: { ...keeper, left } });
  desk.enter();
  await settled();
  desk.choices.choose(desk.reader.rows.value[0]?.who ?? '', 'cus_p0');
  desk.link();
  await settled();
  const run = desk.run.value;
  slow.open();
  await settled();
  expect(desk.run.value).toBe(run);
  expect(run?.wishes).toHaveLength(1);
});

test('one that was stopped is not offered again', async () => {
  const { kept, keeper } = inMemory();
  const { ask } = scene();
  await keeper.begin(wishes);
  const desk = createDesk(ask, { list: keeper });
  desk.enter();
  await settled();
  desk.run.value?.stop();
  await settled();
  expect(kept.wishes).toBeNull();
});

test('the database gives back what was kept, of this proxy, mode and kind alone', async () => {
  const slot = freshSlot();
  const keeper = createKeeper(() => slot);
  await keeper.begin(wishes);
  await keeper.add([outcomeOf(wishOf('p0'))]);
  await keeper.add([outcomeOf(wishOf('p1'), { state: 'unchanged' })]);
  expect(await keeper.left()).toEqual({
    wishes,
    outcomes: [outcomeOf(wishOf('p0')), outcomeOf(wishOf('p1'), { state: 'unchanged' })],
  });
  expect(await createKeeper(freshSlot).left()).toBeNull();
  await keeper.begin(wishes.slice(0, 1));
  expect(await keeper.left()).toEqual({ wishes: wishes.slice(0, 1), outcomes: [] });
  await keeper.forget();
  expect(await keeper.left()).toBeNull();
});

test('what one tab is at, another tab leaves alone', async () => {
  const slot = freshSlot();
  const keeper = createKeeper(() => slot);
  await keeper.begin(wishes);
  const other = createKeeper(() => slot);
  expect(await other.left()).toBeNull();
  await other.begin(wishes.slice(0, 1));
  await other.forget();
  expect((await keeper.left())?.wishes).toHaveLength(60);
  // Its own linking began unkept, so what comes of it is none of what was left there.
  await keeper.forget();
  await other.add([outcomeOf(wishOf('p9'))]);
  await other.begin(wishes.slice(0, 1));
  expect(await other.left()).toEqual({ wishes: wishes.slice(0, 1), outcomes: [] });
});

test('a tab that finds nothing leaves the place to another', async () => {
  const slot = freshSlot();
  const first = createKeeper(() => slot);
  expect(await first.left()).toBeNull();
  const other = createKeeper(() => slot);
  await other.begin(wishes);
  expect((await other.left())?.wishes).toHaveLength(60);
});

test('what another tab left is not mixed with a linking that began while that tab was open', async () => {
  const slot = freshSlot();
  const mine = createKeeper(() => slot);
  await mine.begin(wishes);
  const late = createKeeper(() => slot);
  await late.begin(wishes.slice(0, 1));
  // The lock is let go with the record still there, as a closed tab does.
  const closed = await navigator.locks.query();
  expect(closed.held?.map(({ name }) => name)).toContain(`linking ${slot}`);
  await navigator.locks.request(`linking ${slot}`, { steal: true }, () => undefined);
  await late.add([outcomeOf(wishOf('p0'))]);
  await late.forget();
  expect(await createKeeper(() => slot).left()).toEqual({ wishes, outcomes: [] });
});

test('where nothing is paired, nothing is kept', async () => {
  const keeper = createKeeper(() => null);
  await keeper.begin(wishes);
  expect(await keeper.left()).toBeNull();
});
