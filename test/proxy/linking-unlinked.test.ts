import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { SeedParticipant, SeedReward } from '../../sandbox/seed.ts';
import { LinksPage, type Unlinked, UnlinkedPage } from '../../src/contract/linking.ts';
import { ANNA, ANNAS_CUSTOMER, participant, reward, type Stage, setStage } from './stage.ts';

const person = (name: string, rewards: SeedReward[], more: Partial<SeedParticipant> = {}) =>
  participant({
    accountId: name,
    id: name,
    firstName: name,
    lastName: null,
    email: `${name}@example.com`,
    customFields: {},
    rewards,
    ...more,
  });

const rewardNo = (n: number, more: Partial<SeedReward> = {}) =>
  reward({ id: `r${String(n).padStart(23, '0')}`, earnedDaysAgo: 400 - n / 100, ...more });

/** One participant with one reward each, the first the longest ago. */
const crowd = (n: number, more: Partial<SeedReward> = {}) =>
  Array.from({ length: n }, (_, i) => person(`p${i}`, [rewardNo(i, more)]));

async function page(stage: Stage, after: string | null = null) {
  const query = after === null ? '' : `?after=${after}`;
  const { status, body, text } = await stage.ask('GET', `/test/unlinked${query}`);
  if (status !== 200) throw new Error(text);
  return v.parse(UnlinkedPage, body);
}
async function readAll(stage: Stage, meanwhile: () => unknown = () => undefined) {
  const pages: Unlinked[][] = [];
  for (let after: string | null = null; ; ) {
    const { participants, after: next } = await page(stage, after);
    pages.push(participants);
    if (next === null) return { pages, all: pages.flat() };
    after = next;
    await meanwhile();
  }
}
const names = (participants: Unlinked[]) => participants.map(({ userId }) => userId);
const sum = (participants: Unlinked[]) => participants.reduce((total, { rewards }) => total + rewards, 0);

const toAdvocate = ({ exchanges }: Stage) => exchanges.filter(({ service }) => service === 'advocate');

test('those whose rewards wait for a link come with what waits, oldest money first', async () => {
  const stage = await setStage({
    participants: [
      person('young', [rewardNo(3)]),
      person('old', [
        rewardNo(1),
        rewardNo(4, { amount: 500 }),
        rewardNo(5, { unit: 'STRIPE/EUR', amount: 700 }),
      ]),
    ],
  });
  const { participants, after } = await page(stage);
  expect(after).toBeNull();
  expect(names(participants)).toEqual(['old', 'young']);
  expect(participants[0]).toEqual({
    accountId: 'old',
    userId: 'old',
    name: 'old',
    email: 'old@example.com',
    misspelt: null,
    rewards: 3,
    waiting: [
      { amount: 700, currency: 'EUR' },
      { amount: 2500, currency: 'USD' },
    ],
    oldest: expect.any(Number),
  });
  expect(participants[0]?.oldest).toBeLessThan(participants[1]?.oldest ?? 0);
});

test('whoever is linked, blocked, pending, paid or to be paid by others does not wait for a link', async () => {
  const others = { status: 'ERROR', message: '', integration: 'tango' } as const;
  const stage = await setStage({
    participants: [
      person('linked', [rewardNo(1)], { customFields: { stripeCustomerId: ANNAS_CUSTOMER } }),
      person('blocked', [rewardNo(2)], { blocked: true }),
      person('pending', [rewardNo(3, { status: 'pending', pendingReason: 'SCHEDULED' })]),
      person('cancelled', [rewardNo(4, { status: 'cancelled' })]),
      person('elsewhere', [rewardNo(5, { unit: 'GOLD/USD' })]),
      person('points', [rewardNo(6, { unit: 'POINT' })]),
      person('others', [rewardNo(7, { meta: others })]),
      person('waits', [rewardNo(8)]),
    ],
    change: (seed) => {
      seed.advocate.integrations = [
        { mode: 'test', service: 'tango', name: 'Tango', enabled: true, config: {} },
      ];
    },
  });
  expect(names((await page(stage)).participants)).toEqual(['waits']);
});

test('a reward that the ledger has does not wait, even if its participant was unlinked since', async () => {
  const stage = await setStage({ participants: [participant(), person('waits', [rewardNo(1)])] });
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 9 });
  await stage.credits({ rewards: [reward().id] });
  stage.advocate.clearFaults();
  const key = { accountId: ANNA.accountId, id: ANNA.userId };
  stage.advocate.setCustomField('test', key, 'stripeCustomerId', null);
  expect(names((await page(stage)).participants)).toEqual(['waits']);
});

test('a customer id in a field of almost the right name is shown, anything else there is not', async () => {
  const stage = await setStage({
    participants: [
      person('case', [rewardNo(1)], { customFields: { stripeCustomerID: ANNAS_CUSTOMER } }),
      person('text', [rewardNo(2)], { customFields: { stripe_customer_id: 'see the sheet' } }),
      person('tie', [rewardNo(3)], {
        customFields: { stripeCustomerID: ANNAS_CUSTOMER, stripe_customer_id: 'cus_Other00000001' },
      }),
      person('empty', [rewardNo(4)], {
        customFields: { stripeCustomerID: ANNAS_CUSTOMER, stripe_customer_id: '' },
      }),
    ],
  });
  const { participants } = await page(stage);
  expect(participants.map(({ misspelt }) => misspelt)).toEqual([
    { field: 'stripeCustomerID', value: ANNAS_CUSTOMER },
    null,
    null,
    { field: 'stripeCustomerID', value: ANNAS_CUSTOMER },
  ]);
});

test('every one is found, page by page, none twice, and a page costs one call to Advocate', async () => {
  const stage = await setStage({ participants: crowd(350) });
  await page(stage);
  stage.exchanges.length = 0;
  const { pages, all } = await readAll(stage);
  expect(names(all)).toEqual(crowd(350).map(({ id }) => id));
  expect(toAdvocate(stage)).toHaveLength(pages.length);
});

test('what is paid while the pages are read makes nobody be skipped', async () => {
  const stage = await setStage({ participants: crowd(250) });
  const first = await page(stage);
  for (const { accountId, userId } of first.participants.slice(0, 60)) {
    const owner = { accountId, id: userId };
    stage.advocate.setCustomField('test', owner, 'stripeCustomerId', ANNAS_CUSTOMER);
  }
  for (let i = 0; i < 60; i += 1) stage.advocate.cancel(rewardNo(i).id);
  const rest: string[] = [];
  for (let after = first.after; after !== null; ) {
    const next = await page(stage, after);
    rest.push(...names(next.participants));
    after = next.after;
  }
  expect([...names(first.participants), ...rest]).toEqual(crowd(250).map(({ id }) => id));
});

test('rewards that came in one millisecond are all found once, while some of them are cancelled', async () => {
  const same = crowd(330, { earnedDaysAgo: 50 });
  const stage = await setStage({
    participants: [...same, person('last', [rewardNo(999, { earnedDaysAgo: 9 })])],
  });
  let cancelled = 0;
  const told = new Set<string>();
  const { all } = await readAll(stage, async () => {
    // One that no page has told yet, and that would move the others up.
    if (cancelled++ < 3) stage.advocate.cancel(rewardNo(329 - cancelled).id);
  });
  for (const { userId } of all) {
    expect(told).not.toContain(userId);
    told.add(userId);
  }
  expect(told.size).toBeGreaterThanOrEqual(331 - cancelled);
  expect(told).toContain('last');
});

test('a participant who comes again on a later page adds up', async () => {
  const rewards = Array.from({ length: 230 }, (_, i) => rewardNo(i));
  const stage = await setStage({ participants: [person('busy', rewards)] });
  const { pages, all } = await readAll(stage);
  expect(pages.length).toBeGreaterThan(2);
  expect(new Set(names(all))).toEqual(new Set(['busy']));
  expect(sum(all)).toBe(230);
  expect(Math.min(...all.map(({ oldest }) => oldest))).toBe(all[0]?.oldest);
});

test('a place of other units, of another list or of nowhere is refused', async () => {
  const stage = await setStage({ participants: crowd(150) });
  const { after } = await page(stage);
  const links = (await stage.ask('GET', '/test/links')).body.after;
  const units = { units: ['STRIPE/USD'], paused: false, currencyRule: 'confirm', caps: {} };
  await stage.ask('PUT', '/test/settings', { version: 1, ...units });
  for (const wrong of [after, links, 'nonsense', Buffer.from('{}').toString('base64url')])
    expect(await stage.ask('GET', `/test/unlinked?after=${wrong}`)).toMatchObject({
      status: 400,
      body: { code: 'cursor_invalid' },
    });
});

test('without units nobody waits, and nothing is asked', async () => {
  const stage = await setStage({ settings: { units: [] } });
  stage.exchanges.length = 0;
  expect(await page(stage)).toEqual({ participants: [], after: null });
  expect(stage.exchanges).toEqual([]);
});

test('of 10,000 unlinked participants the first page comes with two calls to Advocate at most, and all come', async () => {
  const stage = await setStage({ participants: crowd(10_000) });
  stage.exchanges.length = 0;
  const first = await page(stage);
  expect(first.participants.length).toBeGreaterThan(90);
  expect(toAdvocate(stage).length).toBeLessThanOrEqual(2);
  const { all } = await readAll(stage);
  expect(new Set(names(all)).size).toBe(10_000);
});

async function linksPage(stage: Stage, after: string | null) {
  const query = after === null ? '' : `?after=${after}`;
  const { status, body, text } = await stage.ask('GET', `/test/links${query}`);
  if (status !== 200) throw new Error(text);
  return v.parse(LinksPage, body);
}
async function allLinks(stage: Stage, meanwhile: (page: number) => unknown = () => undefined) {
  const links: LinksPage['links'] = [];
  for (let after: string | null = null, no = 1; ; no += 1) {
    const next = await linksPage(stage, after);
    links.push(...next.links);
    if (next.after === null) return links;
    after = next.after;
    await meanwhile(no);
  }
}
const users = (links: LinksPage['links']) => links.map(({ userId }) => userId).sort();

test('all participants come with their links, linked or not', async () => {
  const stage = await setStage({ participants: [participant(), ...crowd(1)] });
  expect((await allLinks(stage)).sort((a, b) => (a.userId < b.userId ? -1 : 1))).toEqual([
    { ...ANNA, customer: ANNAS_CUSTOMER },
    { accountId: 'p0', userId: 'p0', customer: null },
  ]);
});

/** All of one import: created in the same millisecond. */
const imported = (n: number) => crowd(n).map((one) => ({ ...one, createdDaysAgo: 7, rewards: [] }));

test('every participant is listed once, in pages of a hundred', async () => {
  const stage = await setStage({ participants: imported(450) });
  expect(users(await allLinks(stage))).toEqual(
    imported(450)
      .map(({ id }) => id)
      .sort(),
  );
});

async function remove(stage: Stage, userId: string): Promise<void> {
  const { alias, apiKey } = stage.seed.advocate.tenants.test;
  const url = `${stage.advocate.url}/api/v1/${alias}/open/account/${userId}/user/${userId}`;
  const authorization = `Basic ${Buffer.from(`:${apiKey}`).toString('base64')}`;
  const { status } = await fetch(url, { method: 'DELETE', headers: { authorization } });
  if (status !== 204) throw new Error(`Advocate answered ${status}`);
}

test('participants that are deleted while the list is read make it skip nobody', async () => {
  const stage = await setStage({ participants: imported(450) });
  const told: string[] = [];
  const first = await linksPage(stage, null);
  told.push(...users(first.links));
  for (const gone of first.links.slice(0, 40)) await remove(stage, gone.userId);
  // The very last one too, at which the next page is to begin.
  await remove(stage, first.links.at(-1)?.userId ?? '');
  for (let after = first.after; after !== null; ) {
    const next = await linksPage(stage, after);
    told.push(...users(next.links));
    after = next.after;
  }
  expect(told.sort()).toEqual(
    imported(450)
      .map(({ id }) => id)
      .sort(),
  );
});

test('where the place cannot be found again the list is not guessed at', async () => {
  const stage = await setStage({ participants: imported(450) });
  const first = await linksPage(stage, null);
  for (const gone of first.links.slice(-5)) await remove(stage, gone.userId);
  expect(await stage.ask('GET', `/test/links?after=${first.after}`)).toMatchObject({
    status: 400,
    body: { code: 'cursor_invalid' },
  });
});
