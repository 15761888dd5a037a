import { expect, test } from 'vitest';
import { readSeed } from '../../sandbox/seed.ts';

const { stripe, advocate } = readSeed();
const people = advocate.participants.filter((p) => p.mode === 'test');
const rewards = people.flatMap((p) => (p.rewards ?? []).map((reward) => ({ reward, person: p })));
const linkOf = (p: (typeof people)[number]) => p.customFields?.stripeCustomerId;
const customer = (id: unknown) => stripe.customers.find((c) => c.id === id);
const inStripeUnits = (unit: string) => ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY'].includes(unit);
const withEmail = (email: string | null) =>
  stripe.customers.filter((c) => c.mode === 'test' && c.email === email && !c.deleted);

test('there are at least 40 participants and 120 rewards in the three units', () => {
  const all = advocate.participants.flatMap((p) => p.rewards ?? []);
  expect(people.length).toBeGreaterThanOrEqual(40);
  expect(all.filter((r) => inStripeUnits(r.unit)).length).toBeGreaterThanOrEqual(120);
  expect(new Set(all.filter((r) => inStripeUnits(r.unit)).map((r) => r.unit)).size).toBe(3);
});

test('no id stands twice', () => {
  const unique = (ids: string[]) => expect(new Set(ids).size).toBe(ids.length);
  unique(stripe.customers.map((c) => c.id));
  unique(advocate.participants.flatMap((p) => (p.rewards ?? []).map((r) => r.id)));
  unique(advocate.participants.map((p) => JSON.stringify([p.mode, p.accountId, p.id])));
});

test('the demo has 70 to 90 rewards that are plainly payable, and amounts are whole', () => {
  const payable = rewards.filter(({ reward, person }) => {
    const linked = customer(linkOf(person));
    const alone = people.filter((p) => p.accountId === person.accountId).length === 1;
    return (
      (reward.status === 'available' || reward.status === 'partly') &&
      inStripeUnits(reward.unit) &&
      !reward.meta &&
      !person.blocked &&
      alone &&
      linked?.mode === 'test' &&
      !linked.deleted &&
      linked.currency?.toUpperCase() === reward.unit.split('/')[1]
    );
  });
  expect(payable.length).toBeGreaterThanOrEqual(70);
  expect(payable.length).toBeLessThanOrEqual(90);
  for (const { reward } of rewards)
    expect(Number.isSafeInteger(reward.amount) && reward.amount > 0).toBe(true);
});

test('unlinked participants match one, two and no customers by e-mail, differ in case, or have none', () => {
  const unlinked = people.filter((p) => linkOf(p) === undefined && (p.rewards ?? []).length > 0);
  expect(unlinked.length).toBeGreaterThanOrEqual(12);
  const matching = (count: number) => unlinked.filter((p) => p.email && withEmail(p.email).length === count);
  expect(matching(1).length).toBeGreaterThanOrEqual(3);
  expect(matching(2).length).toBeGreaterThanOrEqual(1);
  expect(unlinked.some((p) => p.email === null)).toBe(true);
  expect(matching(0).some((p) => p.email && withEmail(p.email.toLowerCase()).length === 1)).toBe(true);
  const hero = unlinked.find((p) => p.firstName === 'Nora');
  expect(hero?.rewards?.map((r) => [r.unit, r.status])).toEqual(Array(3).fill(['STRIPE/USD', 'available']));
});

test('every way a link can be wrong is there once at least', () => {
  const links = people.map((p) => ({ person: p, link: linkOf(p), to: customer(linkOf(p)) }));
  expect(links.some(({ to }) => to?.deleted)).toBe(true);
  expect(links.some(({ to }) => to?.mode === 'live')).toBe(true);
  expect(links.some(({ link, to }) => String(link).startsWith('cus_') && !to)).toBe(true);
  expect(links.some(({ link }) => link !== undefined && !String(link).startsWith('cus_'))).toBe(true);
  expect(links.some(({ to }) => to && to.currency === null)).toBe(true);
  expect(links.some(({ to }) => to?.currency === 'gbp')).toBe(true);
  expect(people.some((p) => p.customFields?.stripeCustomerID !== undefined)).toBe(true);
});

test('accounts are shared with the same customer, with two customers, and with one of two linked', () => {
  const accounts = Map.groupBy(people, (p) => p.accountId);
  const shapes = [...accounts.values()]
    .filter((members) => members.length === 2)
    .map((members) => [members.filter(linkOf).length, new Set(members.map(linkOf)).size].join());
  expect(shapes).toEqual(expect.arrayContaining(['2,1', '2,2', '1,2']));
});

test('rewards stand in every state, and in units that are left alone', () => {
  const states = new Set(rewards.map(({ reward }) => reward.status));
  expect([...states].sort()).toEqual(['available', 'cancelled', 'expired', 'partly', 'pending', 'redeemed']);
  const reasons = new Set(rewards.map(({ reward }) => reward.pendingReason).filter(Boolean));
  expect([...reasons].sort()).toEqual(['SCHEDULED', 'UNHANDLED_ERROR', 'US_TAX']);
  const units = rewards.map(({ reward }) => reward.unit);
  for (const unit of ['POINT', 'CASH/USD', 'USD', 'STRIPE/GBP', 'GOLD', 'PROMO/USD'])
    expect(units).toContain(unit);
  const types = new Set(rewards.map(({ reward }) => reward.type ?? 'CREDIT'));
  expect([...types].sort()).toEqual(['CREDIT', 'FUELTANK', 'INTEGRATION', 'PCT_DISCOUNT']);
});

test('no key in it could be a real one', () => {
  const keys = JSON.stringify([stripe.platform, stripe.restrictedKeys, advocate.tenants]).match(
    /"[a-z]*Key":"[^"]+|"key":"[^"]+/gi,
  );
  expect(keys?.length).toBeGreaterThanOrEqual(4);
  for (const key of keys ?? []) expect(key.toLowerCase()).toContain('sandbox');
});
