import { expect, test, vi } from 'vitest';
import type { LinkOutcome } from '../../src/contract/linking.ts';
import { linkMany } from '../../src/proxy/link-many.ts';
import { connected, participantContext } from '../../src/proxy/participants.ts';
import { customers, linkAt, links, OTHER, person, through, wish, writes } from './linking-hands.ts';
import { ANNAS_CUSTOMER, anotherProxy, type Stage, setStage } from './stage.ts';

/** Each waits for the other as in real life: what it waits for is the other one's answer. */
const twoProxies = async (stage: Stage) => {
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return [await anotherProxy(stage, wait), await anotherProxy(stage, wait)] as const;
};

test('two people who link one participant at once, through two proxies: the second is told, nothing is overwritten', async () => {
  const stage = await setStage({ customers, participants: [person('a')] });
  const [first, second] = await twoProxies(stage);
  const path = '/participants/a/a/link';
  const answers = await Promise.all([
    through(first, stage, path, { customer: ANNAS_CUSTOMER, previous: null }),
    through(second, stage, path, { customer: OTHER, previous: null }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(await refused?.json()).toMatchObject({ code: 'link_changed', current: linkAt(stage, 'a') });
  expect(writes(stage)).toHaveLength(1);
  expect(linkAt(stage, 'a')).toBe(answers[0]?.status === 200 ? ANNAS_CUSTOMER : OTHER);
  // Nothing stays behind: the next one may.
  const current = linkAt(stage, 'a');
  expect((await through(second, stage, path, { customer: OTHER, previous: current })).status).toBe(200);
});

test('two participants of one account, linked at once through two proxies, do not end at different customers', async () => {
  const mates = ['m1', 'm2'].map((id) => person(id, { accountId: 'shared' }));
  const stage = await setStage({ customers, participants: mates });
  const [first, second] = await twoProxies(stage);
  await Promise.all([
    through(first, stage, '/participants/shared/m1/link', { customer: ANNAS_CUSTOMER, previous: null }),
    through(
      second,
      stage,
      '/links',
      { links: [wish('m2', { accountId: 'shared', customer: OTHER })] },
      'POST',
    ).then((answer) => answer.text()),
  ]);
  expect(writes(stage)).toHaveLength(1);
});

test('two people in one proxy wait for each other, and the second sees who was first', async () => {
  const stage = await setStage({ customers, participants: [person('a')] });
  const both = await Promise.all([
    links(stage, { links: [wish('a')] }),
    links(stage, { links: [wish('a', { customer: OTHER })] }),
  ]);
  const [first, second] = both.flat().sort((a, b) => (a.state < b.state ? -1 : 1));
  expect(first).toMatchObject({ state: 'linked' });
  expect(second).toMatchObject({
    state: 'refused',
    current: first?.customer,
    problem: { code: 'link_changed', current: first?.customer },
  });
});

test('whoever died while linking blocks the account for two minutes at most', async () => {
  const stage = await setStage({ participants: [person('a')] });
  const until = Date.now() + 120_000;
  const turn = { mode: 'test', account_id: 'a', held_by: 'dead', until } as const;
  await stage.db.insertInto('link_turns').values(turn).execute();
  stage.exchanges.length = 0;
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([
    { state: 'refused', problem: { code: 'link_busy' } },
  ]);
  expect(stage.exchanges).toEqual([]);
  stage.setClock(() => Date.now() + 121_000);
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([{ state: 'linked' }]);
});

test('whoever was so slow that another one may have taken over writes nothing', async () => {
  const stage = await setStage({ participants: [person('a')] });
  const advocate = stage.parts.ofMode('test').advocate;
  const read = advocate.participantsOfAccounts;
  vi.spyOn(advocate, 'participantsOfAccounts').mockImplementation(async (accounts) => {
    stage.setClock(() => Date.now() + 121_000);
    return read(accounts);
  });
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([
    { state: 'refused', problem: { code: 'link_busy' } },
  ]);
  expect(writes(stage)).toEqual([]);
});

test('whoever stood still while it asked whether it is still its turn writes nothing', async () => {
  const stage = await setStage({ participants: [person('a')] });
  const given = await participantContext(stage.parts, 'test', { id: 'x', name: 'x', role: 'support' });
  let at = 0;
  const context = { ...given, now: () => (at += 61_000) };
  const desk = { ...context, stripe: connected(context.stripe), requestId: '1', onError: () => undefined };
  const told: LinkOutcome[] = [];
  await linkMany(
    desk,
    [wish('a')],
    async (outcome) => void told.push(outcome),
    () => false,
  );
  expect(told).toMatchObject([{ state: 'refused', problem: { code: 'link_busy' } }]);
  expect(writes(stage)).toEqual([]);
});

test('whoever writes in the last moment of their turn is not overtaken meanwhile', async () => {
  const stage = await setStage({ customers, participants: [person('a')] });
  const second = await anotherProxy(stage);
  const { advocate } = stage.parts.ofMode('test');
  const [read, setLink] = [advocate.participantsOfAccounts, advocate.setLink];
  vi.spyOn(advocate, 'participantsOfAccounts').mockImplementation(async (accounts) => {
    stage.setClock(() => Date.now() + 119_000);
    return read(accounts);
  });
  vi.spyOn(advocate, 'setLink').mockImplementation(async (...given) => {
    stage.setClock(() => Date.now() + 125_000);
    const other = await through(second, stage, '/participants/a/a/link', { customer: OTHER, previous: null });
    expect(await other.json()).toMatchObject({ code: 'link_busy' });
    return setLink(...given);
  });
  expect(await links(stage, { links: [wish('a')] })).toMatchObject([{ state: 'linked' }]);
  expect(writes(stage)).toHaveLength(1);
});
