import { expect, test } from 'vitest';
import type { LinkOutcome, LinksRequest } from '../../src/contract/linking.ts';
import { ProblemError } from '../../src/contract/problems.ts';
import type { Stage } from '../../src/dashboard/unlinked/import-links.ts';
import { faultParts } from '../../src/dashboard/unlinked/result-file.ts';
import { deskBefore, gate, outcomeOf, settled } from './dashboard-unlinked-scene.ts';

const HEAD = 'accountId,id,customFields.stripeCustomerId';
const fileOf = (...rows: string[]) => new File([[HEAD, ...rows].join('\n')], 'links.csv');
const row = (index: number) => `acc${index},user${index},cus_${index}`;
const rows = (count: number) => Array.from({ length: count }, (_, index) => row(index));

/** What stands at Advocate; a dry run compares with it, a real one writes. */
function proxy(standing: Record<string, string> = {}) {
  const links = new Map(Object.entries(standing));
  const linkMany = ({ links: wishes, dryRun = false }: LinksRequest) => ({
    outcomes: wishes.map((wish): LinkOutcome => {
      const current = links.get(wish.userId) ?? null;
      if (current === wish.customer) return outcomeOf(wish, { state: 'unchanged' });
      if (dryRun) return outcomeOf(wish, { state: 'ready', current });
      if (current !== wish.previous) {
        const problem = new ProblemError('link_changed', { current }).toProblem();
        return outcomeOf(wish, { state: 'refused', current, problem });
      }
      links.set(wish.userId, wish.customer);
      return outcomeOf(wish);
    }),
  });
  return { links, linkMany };
}

function previewIn(stage: Stage) {
  if (stage.name !== 'preview') throw new Error(`It is at ${stage.name}.`);
  return stage.preview;
}

test('the whole file is read and checked in dry runs of a hundred before anybody is asked, and nothing is written', async () => {
  const { links, linkMany } = proxy();
  const { desk, to } = deskBefore({ linkMany });
  await desk.importing.choose(fileOf(...rows(250)));
  expect(to('linkMany').map((request) => [request.links.length, request.dryRun])).toEqual([
    [100, true],
    [100, true],
    [50, true],
  ]);
  expect(links.size).toBe(0);
  expect(previewIn(desk.importing.stage.value).fresh).toHaveLength(250);
});

test('a file with a broken end is refused as a whole: not one row of it reaches the proxy', async () => {
  const { desk, asked } = deskBefore({});
  await desk.importing.choose(fileOf(...rows(2_000), 'acc,"user,cus_1'));
  expect(desk.importing.stage.value).toMatchObject({ name: 'refused', file: 'links.csv' });
  expect(asked).toEqual([]);
});

test('new, unchanged, replacing and wrong are told apart; other links are replaced only after a tick', async () => {
  const { links, linkMany } = proxy({ user1: 'cus_1', user2: 'cus_other' });
  const { desk, to } = deskBefore({ linkMany });
  await desk.importing.choose(fileOf(row(0), row(1), row(2), row(0), 'acc3,user3,', '=1,user4,cus_4'));
  const preview = previewIn(desk.importing.stage.value);
  expect(preview).toMatchObject({
    fresh: [{ userId: 'user0', previous: null }],
    replacing: [{ userId: 'user2', previous: 'cus_other' }],
    ...{ unchanged: 1, repeated: 1, empty: 1, faults: [{ line: 7 }] },
  });
  expect(faultParts(preview.faults).join('')).toContain(`7,'=1,user4,cus_4,`);
  expect(desk.importing.wishes().map(({ userId }) => userId)).toEqual(['user0']);
  desk.importing.replaces.value = true;
  expect(desk.importing.wishes().map(({ userId }) => userId)).toEqual(['user0', 'user2']);
  desk.importing.replaces.value = false;
  desk.importing.link();
  desk.importing.link();
  await settled();
  expect(to('linkMany').filter(({ dryRun }) => !dryRun)).toHaveLength(1);
  expect([links.get('user0'), links.get('user2')]).toEqual(['cus_0', 'cus_other']);
});

test('a replacement goes with the link that was seen, so that a newer one is not written over', async () => {
  const { links, linkMany } = proxy({ user0: 'cus_seen' });
  const { desk } = deskBefore({ linkMany });
  await desk.importing.choose(fileOf(row(0)));
  desk.importing.replaces.value = true;
  links.set('user0', 'cus_newer');
  desk.importing.link();
  await settled();
  expect(links.get('user0')).toBe('cus_newer');
  const { value: stage } = desk.importing.stage;
  const outcomes = stage.name === 'linking' ? [...stage.run.outcomes.values()] : [];
  expect(outcomes).toMatchObject([
    { state: 'refused', current: 'cus_newer', problem: { code: 'link_changed' } },
  ]);
});

test('different customers within one account are errors in every line that would be linked, however far apart', async () => {
  const { links, linkMany } = proxy({ user300: 'cus_300' });
  const { desk } = deskBefore({ linkMany });
  const family = ['family,user300,cus_300', 'family,user301,cus_301'];
  await desk.importing.choose(fileOf('family,user302,cus_300', ...rows(150), ...family));
  const { faults, unchanged, fresh } = previewIn(desk.importing.stage.value);
  expect([fresh.length, unchanged]).toEqual([150, 1]);
  expect(faults).toMatchObject([
    { line: 2, userId: 'user302', why: expect.stringContaining('to different customers') },
    { line: 154, userId: 'user301' },
  ]);
  desk.importing.link();
  await settled();
  expect([links.has('user301'), links.has('user302')]).toEqual([false, false]);
});

test('whom the proxy does not know is an error with its line', async () => {
  const { desk } = deskBefore({
    linkMany: ({ links }) => ({
      outcomes: links.map((wish) =>
        outcomeOf(wish, {
          state: 'refused',
          current: null,
          problem: new ProblemError('participant_missing').toProblem(),
        }),
      ),
    }),
  });
  await desk.importing.choose(fileOf('', row(0)));
  expect(previewIn(desk.importing.stage.value).faults).toMatchObject([
    { line: 3, userId: 'user0', why: 'Advocate has no such participant in this mode.' },
  ]);
});

test('a check that fails stands still and goes on with the same batch; cancelled, it asks no more', async () => {
  let fails = true;
  const { linkMany } = proxy();
  const { desk, to } = deskBefore({
    linkMany: (request) => {
      if (fails) throw new ProblemError('proxy_unreachable');
      return linkMany(request);
    },
  });
  await desk.importing.choose(fileOf(...rows(150)));
  const { value: stage } = desk.importing.stage;
  if (stage.name !== 'checking') throw new Error(`It is at ${stage.name}.`);
  expect(stage.run.problem.value?.code).toBe('proxy_unreachable');
  fails = false;
  await stage.run.go();
  expect(to('linkMany').map(({ links }) => links.length)).toEqual([100, 100, 50]);
  expect(previewIn(desk.importing.stage.value).fresh).toHaveLength(150);
});

test('another mode forgets a preview, and another file replaces the one under way', async () => {
  const first = gate<void>();
  const { linkMany } = proxy();
  const { desk, to } = deskBefore({
    linkMany: async (request) => {
      if (to('linkMany').length === 1) await first.opened;
      return linkMany(request);
    },
  });
  const slow = desk.importing.choose(fileOf(...rows(150)));
  while (to('linkMany').length === 0) await settled();
  await desk.importing.choose(fileOf(row(7)));
  first.open();
  await slow;
  await settled();
  expect(previewIn(desk.importing.stage.value).fresh).toMatchObject([{ userId: 'user7' }]);
  expect(to('linkMany'), 'the second hundred of the first file was not asked').toHaveLength(2);
  desk.leave();
  expect(desk.importing.stage.value).toEqual({ name: 'none' });
});

test('an export gathers every page and counts IDs that got an apostrophe; stopped, it gives no file', async () => {
  const second = gate<void>();
  const { desk } = deskBefore({
    links: async ({ after }) => {
      if (after === undefined)
        return { links: [{ accountId: '+49', userId: 'anna', customer: 'cus_1' }], after: 'c1' };
      await second.opened;
      return { links: [{ accountId: 'b,c', userId: 'bert', customer: null }], after: null };
    },
  });
  const reading = desk.exporting.read();
  await settled();
  expect(desk.exporting.count.value).toBe(1);
  second.open();
  expect(await new Blob((await reading) ?? []).text()).toBe(`${HEAD}\r\n'+49,anna,cus_1\r\n"b,c",bert,\r\n`);
  expect(desk.exporting.apostrophes.value).toBe(1);

  const stopped = desk.exporting.read();
  desk.exporting.stop();
  expect(await stopped).toBeNull();
  expect(desk.exporting.state.value).toBe('idle');
});
