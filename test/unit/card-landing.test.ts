// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import type { CreditLanding } from '../../src/contract/landing.ts';
import type { ParticipantDetail } from '../../src/contract/routes.ts';
import { button, click, mount, root, setPage, text } from './card-scene.ts';
import { detail, linkedTo, problem, reward } from './card-world.ts';

setPage();

const usd = (amount: number) => ({ amount, currency: 'USD' });
const MAY = Date.UTC(2026, 4, 3, 12);

type Used = CreditLanding['uses'][number];
const use = (amount: number, part: Partial<Used> = {}): Used => ({
  kind: 'invoice',
  money: usd(amount),
  at: MAY,
  invoice: 'in_1',
  invoiceUrl: 'https://dashboard.stripe.com/test/invoices/in_1',
  transaction: `cbtxn_${amount}`,
  ...part,
});
const credit = (uses: Used[], left: number, part: Partial<CreditLanding> = {}): CreditLanding => ({
  reward: 'r1',
  credit: 'cbtxn_1',
  customer: 'cus_A',
  money: usd(2500),
  creditedAt: Date.UTC(2026, 3, 20, 12),
  uses,
  left: usd(left),
  gap: null,
  ...part,
});
const paid = (sum = 2500, part: Partial<ParticipantDetail> = {}) =>
  linkedTo('cus_A', { rewards: [], credited: [usd(sum)], ...part });
const asksOf = (asked: [string, unknown][]) => asked.filter(([name]) => name === 'landing');
const landing = () => root().querySelector('.landings')?.textContent ?? '';

test('where a credit went: how much, on which invoice, and what is left', async () => {
  const credits = [credit([use(2000)], 500)];
  const { asked } = await mount({ participant: () => paid(), landing: () => ({ credits, more: false }) });
  expect(landing()).toBe(
    '$25.00 USD of Apr 20, 2026$20.00 USD used on the invoice of May 3, 2026, $5.00 USD left',
  );
  expect(root().querySelector<HTMLAnchorElement>('.landings a')?.href).toContain('/invoices/in_1');
  expect(asksOf(asked)).toEqual([['landing', { accountId: 'house', userId: 'ann' }]]);
});

test.each<[string, CreditLanding, string]>([
  ['used up', credit([use(2500)], 0), '$25.00 USD used on the invoice of May 3, 2026'],
  ['not used', credit([], 2500), 'Not used yet. Stripe takes it off the next invoice.'],
  [
    'taken back',
    credit([use(2500, { kind: 'taken_back', invoice: null, invoiceUrl: null })], 0),
    '$25.00 USD taken back on May 3, 2026',
  ],
  [
    'changed in Stripe',
    credit([use(700, { kind: 'other', invoice: null, invoiceUrl: null })], 1800),
    '$7.00 USD used on May 3, 2026, when somebody changed the balance in Stripe; $18.00 USD left',
  ],
  [
    'owed since before',
    credit([use(700, { kind: 'other', at: 0, invoice: null, invoiceUrl: null })], 1800),
    '$7.00 USD used for what the customer owed before, $18.00 USD left',
  ],
  [
    'on two invoices',
    credit([use(1000), use(1500)], 0),
    '$10.00 USD used on the invoice of May 3, 2026$15.00 USD used on the invoice of May 3, 2026Nothing left',
  ],
  [
    'of another account',
    credit([], 0, { left: null, gap: 'other_account' }),
    'The credit is in another Stripe account than the one that is connected now.',
  ],
  [
    'of a customer that is gone',
    credit([], 0, { left: null, gap: 'customer_gone' }),
    'Stripe no longer shows the customer cus_A',
  ],
  [
    'too long ago',
    credit([], 0, { left: null, gap: 'too_long_ago' }),
    'Too much has moved on this customer’s balance since then',
  ],
])('%s, in a sentence', async (_, one, sentence) => {
  await mount({ participant: () => paid(), landing: () => ({ credits: [one], more: false }) });
  expect(landing()).toContain(sentence);
});

test('of many the newest is seen, the rest is folded away and says where older ones are', async () => {
  const credits = [4, 3, 2, 1].map((n) =>
    credit([use(n * 100)], 0, { reward: `r${n}`, money: usd(n * 100) }),
  );
  await mount({ participant: () => paid(), landing: () => ({ credits, more: true }) });
  const fold = root().querySelector('.landings details');
  expect(fold?.querySelector('summary')?.textContent).toBe('3 earlier credits');
  expect(fold?.querySelectorAll('.landing')).toHaveLength(3);
  expect(root().querySelectorAll('.landings > dl > .landing')).toHaveLength(1);
  expect(fold?.textContent).toContain('Stripe has the older ones.');
});

test('two are seen both', async () => {
  const credits = [credit([], 2500), credit([use(2500)], 0, { reward: 'r2' })];
  await mount({ participant: () => paid(), landing: () => ({ credits, more: false }) });
  expect(root().querySelectorAll('.landings > dl > .landing')).toHaveLength(2);
  expect(root().querySelector('.landings details')).toBeNull();
});

test('nothing is asked where nothing was ever credited, nor while nobody is linked', async () => {
  const never = await mount({ participant: () => linkedTo('cus_A', { rewards: [], credited: [] }) });
  expect(asksOf(never.asked)).toEqual([]);
  const unlinked = await mount({ participant: () => detail({ credited: [usd(2500)] }) });
  expect(asksOf(unlinked.asked)).toEqual([]);
});

test('the card is there before the answer is, and its place is kept', async () => {
  const answer = { credits: [credit([use(2000)], 500)], more: false };
  const { held } = await mount({ participant: () => paid(), landing: () => answer }, {}, 'landing');
  expect(text()).toContain('$25.00 USD so far for this participant');
  expect(landing()).toBe('Looking up which invoices used it…');
  held();
  await vi.advanceTimersByTimeAsync(0);
  expect(landing()).toContain('used on the invoice');
});

test('asked once while nothing changes, and once more when more was credited', async () => {
  const ready = [reward('r1', { state: 'ready', reason: null })];
  const states = [paid(2500, { rewards: ready }), paid(2500, { rewards: ready }), paid(4500)];
  const { asked } = await mount({
    participant: () => states.shift() ?? paid(4500),
    landing: () => ({ credits: [], more: false }),
  });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(asksOf(asked)).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asksOf(asked)).toHaveLength(2);
});

test('a failure takes nothing else away, and can be tried again', async () => {
  const answers = [problem('stripe_unreachable'), { credits: [credit([use(2000)], 500)], more: false }];
  await mount({ participant: () => paid(), landing: () => answers.shift() ?? problem('internal') });
  expect(landing()).toContain('Where it went cannot be read now.');
  expect(button('Change')).toBeDefined();
  await click('Try again');
  expect(landing()).toContain('used on the invoice');
});
