import { expect, test } from 'vitest';
import type { LinkWish, MatchesAnswer, UnlinkedPage } from '../../src/contract/linking.ts';
import type { Answers } from '../../src/contract/messages.ts';
import { ProblemError } from '../../src/contract/problems.ts';
import type { ParticipantKey } from '../../src/contract/routes.ts';
import { resultParts } from '../../src/dashboard/unlinked/result-file.ts';
import {
  candidate,
  deskBefore,
  gate,
  match,
  outcomeOf,
  person,
  settled,
  whoOf,
} from './dashboard-unlinked-scene.ts';

const people = (count: number) => Array.from({ length: count }, (_, index) => person(`p${index}`));
const onePage = (participants: UnlinkedPage['participants']): UnlinkedPage => ({ participants, after: null });
const customerOf = ({ userId }: ParticipantKey) => `cus_${userId}`;
const allSure = ({ participants }: { participants: ParticipantKey[] }): MatchesAnswer => ({
  matches: participants.map((one) => match(one, [customerOf(one)])),
});
const allLinked = ({ links }: { links: LinkWish[] }): Answers['linkMany'] => ({
  outcomes: links.map((wish) => outcomeOf(wish)),
});

/** Everybody is read and looked up. */
async function readyDesk(count: number, told: Parameters<typeof deskBefore>[0] = {}) {
  const scene = deskBefore({
    unlinked: () => onePage(people(count)),
    matches: allSure,
    linkMany: allLinked,
    ...told,
  });
  scene.desk.enter();
  await settled();
  scene.desk.matcher.findAll();
  await settled();
  return scene;
}

test('pages fill the list as they come; who comes again keeps the place and adds up', async () => {
  const second = gate<UnlinkedPage>();
  const { desk, to } = deskBefore({
    unlinked: ({ after }) =>
      after === undefined ? { participants: [person('anna'), person('bert')], after: 'c1' } : second.opened,
  });
  desk.enter();
  await settled();
  expect(desk.reader.rows.value.map(({ userId }) => userId)).toEqual(['anna', 'bert']);
  expect(desk.reader.state.value).toBe('reading');
  const eur = [{ amount: 500, currency: 'EUR' }];
  second.open(
    onePage([person('carl'), person('anna', { waiting: eur, rewards: 2, oldest: 1_795_000_000_000 })]),
  );
  await settled();
  expect(desk.reader.rows.value.map(({ userId }) => userId)).toEqual(['anna', 'bert', 'carl']);
  expect(desk.reader.rows.value[0]).toMatchObject({
    rewards: 3,
    waiting: [...eur, { amount: 1000, currency: 'USD' }],
    oldest: 1_790_000_000_000,
  });
  expect(desk.reader.state.value).toBe('done');
  expect(to('unlinked')).toEqual([{}, { after: 'c1' }]);
});

test('reading stops at once, drops what comes late, and goes on where it was', async () => {
  const late = gate<UnlinkedPage>();
  const { desk, told, to } = deskBefore({
    unlinked: ({ after }) =>
      after === undefined ? { participants: [person('anna')], after: 'c1' } : late.opened,
  });
  desk.enter();
  await settled();
  desk.reader.stop();
  late.open(onePage([person('bert')]));
  await settled();
  expect(desk.reader.state.value).toBe('stopped');
  expect(desk.reader.rows.value).toHaveLength(1);
  told.unlinked = () => onePage([person('bert')]);
  await desk.reader.go();
  expect(desk.reader.rows.value).toHaveLength(2);
  expect(to('unlinked').at(-1)).toEqual({ after: 'c1' });
});

test('a page that fails says so, and trying again asks for that page', async () => {
  const { desk, told, to } = deskBefore({
    unlinked: () => {
      throw new ProblemError('advocate_unreachable');
    },
  });
  desk.enter();
  await settled();
  expect(desk.reader.problem.value?.code).toBe('advocate_unreachable');
  told.unlinked = () => onePage([person('anna')]);
  await desk.reader.go();
  expect([desk.reader.problem.value, desk.reader.state.value]).toEqual([null, 'done']);
  expect(to('unlinked')).toHaveLength(2);
});

test('a sure match is selected by itself; a tie, a doubtful one and a misspelt field never are', async () => {
  const named = ['sure', 'tie', 'doubt', 'linked', 'none', 'failed'].map((name) => person(name));
  const misspelt = person('misspelt', { misspelt: { field: 'stripeCustomerID', value: 'cus_m' } });
  const { desk } = await readyDesk(0, {
    unlinked: () => onePage([...named, misspelt]),
    matches: ({ participants }) => ({
      matches: participants.map((one) => {
        if (one.userId === 'sure') return match(one, ['cus_1']);
        if (one.userId === 'tie') return match(one, ['cus_2', 'cus_3']);
        // The proxy would not call these sure; if it ever did, it would still be a tie.
        if (one.userId === 'doubt')
          return match(one, [], {
            candidates: [candidate('cus_4', { warnings: ['several_with_email'] })],
            sure: 'cus_4',
          });
        if (one.userId === 'linked')
          return match(one, [], {
            candidates: [candidate('cus_5', { warnings: ['already_linked'] })],
            sure: 'cus_5',
          });
        if (one.userId === 'failed')
          return match(one, ['cus_6'], { problem: new ProblemError('stripe_unreachable').toProblem() });
        return match(one, []);
      }),
    }),
  });
  expect(desk.selected.value.map(({ userId }) => userId)).toEqual(['sure']);
  const kinds = desk.reader.rows.value.map((row) => [row.userId, desk.choices.kind(row)]);
  expect(Object.fromEntries(kinds)).toEqual({
    ...{ sure: 'sure', tie: 'several', doubt: 'several', linked: 'several' },
    ...{ none: 'none', failed: 'failed', misspelt: 'several' },
  });
  desk.filter.value = 'several';
  expect(desk.shown.value).toHaveLength(4);
  desk.search.value = 'MISSPELT@';
  expect(desk.shown.value).toHaveLength(1);
});

test('one customer that is sure for two accounts is a tie, also when they were asked about apart', async () => {
  const { desk } = await readyDesk(30, {
    matches: ({ participants }) => ({
      matches: participants.map((one) =>
        match(one, [['p0', 'p25'].includes(one.userId) ? 'cus_shared' : customerOf(one)]),
      ),
    }),
  });
  const selected = desk.selected.value.map(({ userId }) => userId);
  expect(selected).toHaveLength(28);
  expect(selected).not.toContain('p0');
  expect(selected).not.toContain('p25');
});

test('participants of one account who are sure of different customers are left to the person', async () => {
  const family = ['a', 'b', 'c'].map((name) => person(name, { accountId: 'family' }));
  const { desk } = await readyDesk(0, {
    unlinked: () => onePage([...people(25), ...family]),
    matches: ({ participants }) => ({
      matches: participants.map((one) => match(one, [one.userId === 'b' ? 'cus_a' : customerOf(one)])),
    }),
  });
  expect(desk.selected.value).toHaveLength(25);
  const [first] = family.map(whoOf);
  expect(desk.choices.contest(first ?? '')).toBe('account');
});

test('who was chosen from one search stays in sight after another', async () => {
  const { desk } = await readyDesk(1, {
    matches: ({ participants }) => ({ matches: participants.map((one) => match(one, [])) }),
  });
  const who = desk.reader.rows.value[0]?.who ?? '';
  desk.choices.searched(who, [candidate('cus_1')]);
  desk.choices.choose(who, 'cus_1');
  desk.choices.searched(who, [candidate('cus_2'), candidate('cus_1')]);
  desk.choices.searched(who, [candidate('cus_3')]);
  expect(desk.choices.candidates(who).map(({ id }) => id)).toEqual(['cus_3', 'cus_2', 'cus_1']);
});

test('where nobody at all can be looked up, finding stops; those who failed are looked up again together', async () => {
  const failed = (one: ParticipantKey) =>
    match(one, [], { problem: new ProblemError('stripe_unreachable').toProblem() });
  let reachable = 0;
  const { desk, to } = await readyDesk(50, {
    matches: ({ participants }) => ({
      matches: participants.map((one, place) =>
        place < reachable ? match(one, [customerOf(one)]) : failed(one),
      ),
    }),
  });
  expect([desk.matcher.all.value, desk.matcher.problem.value?.code]).toEqual([
    'paused',
    'stripe_unreachable',
  ]);
  expect([to('matches').length, desk.choices.known()]).toEqual([1, 0]);
  reachable = 5;
  desk.matcher.findAll();
  await settled();
  expect([desk.choices.known(), desk.choices.failed()]).toEqual([50, 35]);
  reachable = 20;
  desk.choices.forgetFailed();
  desk.matcher.again();
  desk.matcher.findAll();
  await settled();
  expect([desk.choices.known(), desk.choices.failed()]).toEqual([50, 0]);
});

test('what a person decided stays, whatever is found later', async () => {
  const answer = gate<MatchesAnswer>();
  const { desk } = deskBefore({
    unlinked: () => onePage([person('anna'), person('bert')]),
    matches: () => answer.opened,
  });
  desk.enter();
  await settled();
  desk.matcher.findAll();
  const [anna = '', bert = ''] = desk.reader.rows.value.map(({ who }) => who);
  desk.choices.choose(anna, 'cus_own');
  desk.choices.choose(bert, null);
  answer.open(allSure({ participants: [person('anna'), person('bert')] }));
  await settled();
  expect(desk.choices.chosen(anna)).toBe('cus_own');
  expect(desk.selected.value.map(({ userId }) => userId)).toEqual(['anna']);
});

test('reading anew keeps what a person decided, and forgets what is done or was only proposed', async () => {
  const { desk } = await readyDesk(5);
  const [linked = '', own = '', out = '', proposed = ''] = desk.reader.rows.value.map(({ who }) => who);
  desk.choices.select([linked], true);
  desk.choices.searched(own, [candidate('cus_own')]);
  desk.choices.choose(own, 'cus_own');
  desk.choices.choose(out, null);
  desk.choices.settled(
    outcomeOf({ accountId: 'p0@example.com', userId: 'p0', customer: 'cus_p0', previous: null }),
  );
  desk.startOver();
  await settled();
  expect(desk.selected.value.map(({ userId }) => userId)).toEqual(['p1']);
  expect(desk.choices.chosen(own)).toBe('cus_own');
  expect(desk.choices.candidates(own).map(({ id }) => id)).toContain('cus_own');
  expect([linked, proposed].map(desk.choices.chosen)).toEqual([null, null]);
  desk.matcher.findAll();
  await settled();
  expect(desk.selected.value.map(({ userId }) => userId)).toEqual(['p0', 'p1', 'p3', 'p4']);
});

test('an answer counts once for each who was asked about, whatever it says besides', async () => {
  const { desk } = await readyDesk(2, {
    linkMany: ({ links }) => {
      const stranger = outcomeOf({ accountId: 'x', userId: 'x', customer: 'cus_x', previous: null });
      const told = links.map((wish) => outcomeOf(wish));
      return { outcomes: [stranger, ...told, ...told] };
    },
  });
  desk.link();
  await settled();
  expect(desk.run.value?.tally.value).toMatchObject({ all: 2, linked: 2, left: 0 });
});

test('who is in view is asked about first, twenty at once and each once; the rest when it is wanted', async () => {
  const { desk, to } = deskBefore({ unlinked: () => onePage(people(50)), matches: allSure });
  desk.enter();
  await settled();
  expect(to('matches')).toEqual([]);
  desk.matcher.look(desk.reader.rows.value.slice(40));
  await settled();
  expect(to('matches').map(({ participants }) => participants.length)).toEqual([10]);
  desk.matcher.findAll();
  await settled();
  expect(to('matches').map(({ participants }) => participants.length)).toEqual([10, 20, 20]);
  expect(new Set(to('matches').flatMap(({ participants }) => participants.map(whoOf))).size).toBe(50);
});

test('whatever comes into view meanwhile, one question is under way at a time and nobody is asked about twice', async () => {
  const first = gate<void>();
  const { desk, to } = deskBefore({
    unlinked: () => onePage(people(50)),
    matches: async (request) => {
      await first.opened;
      return allSure(request);
    },
  });
  desk.enter();
  await settled();
  desk.matcher.look(desk.reader.rows.value.slice(0, 10));
  desk.matcher.look(desk.reader.rows.value.slice(5, 15));
  desk.matcher.findAll();
  await settled();
  expect(to('matches')).toHaveLength(1);
  first.open();
  await settled();
  expect(to('matches').flatMap(({ participants }) => participants)).toHaveLength(50);
});

test('finding for all pauses after what is under way, and resumes with nobody left out or asked twice', async () => {
  let next = gate<void>();
  const { desk, to } = deskBefore({
    unlinked: () => onePage(people(50)),
    matches: async (request) => {
      await next.opened;
      return allSure(request);
    },
  });
  desk.enter();
  await settled();
  desk.matcher.findAll();
  desk.matcher.pause();
  const first = next;
  next = gate();
  first.open();
  await settled();
  expect(desk.choices.known()).toBe(20);
  expect(to('matches')).toHaveLength(1);
  desk.matcher.findAll();
  next.open();
  await settled();
  expect(desk.choices.known()).toBe(50);
  expect(to('matches').flatMap(({ participants }) => participants)).toHaveLength(50);
});

test('a failure pauses and says so; trying again asks about those who were left', async () => {
  let fails = true;
  const { desk, to } = deskBefore({
    unlinked: () => onePage(people(30)),
    matches: (request) => {
      if (to('matches').length === 2 && fails) throw new ProblemError('stripe_unreachable');
      return allSure(request);
    },
  });
  desk.enter();
  await settled();
  desk.matcher.findAll();
  await settled();
  expect([desk.matcher.all.value, desk.matcher.problem.value?.code]).toEqual([
    'paused',
    'stripe_unreachable',
  ]);
  fails = false;
  desk.matcher.findAll();
  await settled();
  expect(desk.choices.known()).toBe(30);
});

test('linking goes in batches of 25 with the empty link as what was seen, and a double press links once', async () => {
  const { desk, to } = await readyDesk(60);
  desk.link();
  desk.link();
  await settled();
  const batches = to('linkMany');
  expect(batches.map(({ links }) => links.length)).toEqual([25, 25, 10]);
  const links = batches.flatMap((batch) => batch.links);
  expect(new Set(links.map(whoOf)).size).toBe(60);
  expect(links.every(({ previous }) => previous === null)).toBe(true);
  expect(desk.run.value?.state.value).toBe('done');
  expect(desk.selected.value).toEqual([]);
  desk.link();
  await settled();
  expect(to('linkMany')).toHaveLength(3);
});

test('a pause ends after the batch that is under way; resume goes on behind it, stop never does', async () => {
  const gates = [gate<void>(), gate<void>(), gate<void>()];
  let place = 0;
  const { desk, to } = await readyDesk(60, {
    linkMany: async (request) => {
      await gates[place++]?.opened;
      return allLinked(request);
    },
  });
  desk.link();
  const run = desk.run.value;
  run?.pause();
  // Pressed before the batch came back: still one batch at a time.
  void run?.go();
  run?.pause();
  gates[0]?.open();
  await settled();
  expect([to('linkMany').length, run?.state.value, run?.outcomes.size]).toEqual([1, 'paused', 25]);
  void run?.go();
  run?.stop();
  gates[1]?.open();
  await settled();
  expect([to('linkMany').length, run?.state.value, run?.outcomes.size]).toEqual([2, 'stopped', 50]);
  void run?.go();
  await settled();
  expect(to('linkMany')).toHaveLength(2);
});

test('a paused linking keeps its place and its result until it is resumed, stopped and closed', async () => {
  const { desk, to } = await readyDesk(60, {
    linkMany: (request) => {
      desk.run.value?.pause();
      return allLinked(request);
    },
  });
  desk.link();
  await settled();
  const run = desk.run.value;
  expect([run?.state.value, desk.selected.value.length]).toEqual(['paused', 35]);
  desk.link();
  await desk.closeRun();
  await settled();
  expect(desk.run.value).toBe(run);
  expect(to('linkMany')).toHaveLength(1);
  run?.stop();
  await desk.closeRun();
  expect(desk.run.value).toBeNull();
  expect(desk.isBusy()).toBe(false);
});

test('an outage pauses with its reason instead of using up the list; who was left out comes last', async () => {
  const outage = new ProblemError('stripe_unreachable').toProblem();
  const refused = (wish: LinkWish) => outcomeOf(wish, { state: 'refused', current: null, problem: outage });
  let reachable = (_: LinkWish) => false;
  const { desk, to } = await readyDesk(30, {
    linkMany: ({ links }) => ({
      outcomes: links.map((wish) => (reachable(wish) ? outcomeOf(wish) : refused(wish))),
    }),
  });
  desk.link();
  await settled();
  const run = desk.run.value;
  expect([run?.state.value, run?.problem.value?.code]).toEqual(['paused', 'stripe_unreachable']);
  expect([to('linkMany').length, run?.tally.value.left]).toEqual([1, 30]);
  reachable = ({ userId }) => userId !== 'p3' || to('linkMany').length > 3;
  await run?.go();
  expect(to('linkMany').map(({ links }) => links.map(({ userId }) => userId).at(-1))).toEqual([
    ...['p24', 'p24', 'p3', 'p3'],
  ]);
  expect([run?.state.value, run?.tally.value.linked]).toEqual(['done', 30]);
});

test('a batch of which only a part was answered is asked for the rest, and a silent one pauses', async () => {
  let silent = false;
  const { desk, to } = await readyDesk(3, {
    linkMany: (request) => {
      const { outcomes } = allLinked(request);
      return { outcomes: silent ? [] : outcomes.slice(0, 1) };
    },
  });
  desk.link();
  await settled();
  expect(to('linkMany').map(({ links }) => links.length)).toEqual([3, 2, 1]);
  expect(desk.run.value?.state.value).toBe('done');

  silent = true;
  desk.startOver();
  await settled();
  desk.matcher.findAll();
  await settled();
  desk.link();
  await settled();
  expect(desk.run.value?.state.value).toBe('paused');
  expect(desk.run.value?.problem.value?.code).toBe('proxy_unexpected');
});

test('each row tells what became of it; somebody else’s link is not written over, and cannot be tried again here', async () => {
  const { desk } = await readyDesk(3, {
    linkMany: ({ links }) => ({
      outcomes: links.map((wish) => {
        if (wish.userId === 'p1')
          return outcomeOf(wish, {
            state: 'refused',
            current: 'cus_other',
            problem: new ProblemError('link_changed', { current: 'cus_other' }).toProblem(),
          });
        if (wish.userId === 'p2')
          return outcomeOf(wish, {
            state: 'refused',
            current: null,
            problem: new ProblemError('customer_deleted').toProblem(),
          });
        return outcomeOf(wish);
      }),
    }),
  });
  desk.link();
  await settled();
  const [linked = '', taken = '', deleted = ''] = desk.reader.rows.value.map(({ who }) => who);
  desk.choices.select([linked, taken, deleted], true);
  expect(desk.selected.value.map(({ userId }) => userId)).toEqual(['p2']);
  const { value: run } = desk.run;
  if (!run) throw new Error('Nothing ran.');
  const file = resultParts(run).join('');
  expect(file).toContain('p0@example.com,p0,cus_p0,linked,cus_p0,,');
  expect(file).toContain(
    'p1,cus_p1,refused,cus_other,link_changed,Somebody changed this link in the meantime.',
  );
  expect(file).toContain('p2,cus_p2,refused,,customer_deleted,This customer was deleted in Stripe.');
});

test('leaving the mode pauses what writes and forgets what was only chosen', async () => {
  const first = gate<void>();
  const { desk, to } = await readyDesk(60, {
    linkMany: async (request) => {
      await first.opened;
      return allLinked(request);
    },
  });
  desk.link();
  desk.leave();
  first.open();
  await settled();
  expect(to('linkMany')).toHaveLength(1);
  expect([desk.run.value?.state.value, desk.selected.value, desk.reader.rows.value]).toEqual([
    'paused',
    [],
    [],
  ]);
});
