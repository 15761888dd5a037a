// @vitest-environment happy-dom
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answers, Request } from '../../src/contract/messages.ts';
import { daysOf, lagStepsOf } from '../../src/dashboard/overview/overview-data.ts';
import { linear, logarithmic } from '../../src/dashboard/overview/plot-scale.ts';
import { duration, share } from '../../src/dashboard/overview/words.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { counts, popupState, problem } from './popup-scene.tsx';

const HOUR = 3_600_000;
const lag = { count: 3, p50: 10 * 60_000, p90: 5 * HOUR, p99: 6 * HOUR };
const overview: Answers['overview'] = {
  ...{ from: '2026-11-01', to: '2026-11-04' },
  days: [
    {
      day: '2026-11-02',
      credited: [
        { amount: 2550, currency: 'USD', count: 2 },
        { amount: 500, currency: 'JPY', count: 1 },
      ],
      reversed: [{ amount: 1000, currency: 'USD', count: 1 }],
      lag,
    },
  ],
  credited: [
    { amount: 500, currency: 'JPY', count: 1 },
    { amount: 2550, currency: 'USD', count: 2 },
  ],
  reversed: [{ amount: 1000, currency: 'USD', count: 1 }],
  lag,
  lags: [
    { upTo: 10 * 60_000, count: 2 },
    { upTo: 5 * HOUR, count: 1 },
  ],
  outcomes: [
    { state: 'credited', reason: null, count: 2 },
    { state: 'reversed', reason: null, count: 1 },
    { state: 'held', reason: 'customer_missing', count: 1 },
  ],
};

test('the big numbers stand per currency, never added up across currencies', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  const numbers = dashboard.root.querySelector('.sums')?.textContent;
  expect(numbers).toContain('Credited in JPY¥500 JPY1 credit');
  expect(numbers).toContain('Credited in USD$25.50 USD2 credits · $10.00 USD taken back');
  expect(dashboard.text()).toContain('Nov 1, 2026 to Nov 4, 2026. A day begins at midnight UTC.');
});

test('each currency has a plot of every day, also of those without any, with its text beside it', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  const texts = [...dashboard.root.querySelectorAll('[role=img]')].map((one) =>
    one.getAttribute('aria-label'),
  );
  expect(texts).toEqual([
    '¥500 JPY in all; most on Nov 2, 2026: ¥500 JPY.',
    '$25.50 USD in all; most on Nov 2, 2026: $25.50 USD.',
    'Half were credited within 10 minutes, nine in ten within 5 hours.',
  ]);
  const drawn = [...dashboard.root.querySelectorAll('[role=img]')].map((one) =>
    [...one.querySelectorAll('.ov-shape')].map(
      (shape) => [...(shape.getAttribute('d') ?? '').matchAll(/M/g)].length,
    ),
  );
  // A bar for each day with a sum; of how long it took a line and its dot, for half of them and for nine in ten.
  expect(drawn).toEqual([[1], [1, 1], [1, 1, 1, 1]]);
  const [, usd] = dashboard.root.querySelectorAll('[role=img]');
  const named = [...(usd?.querySelectorAll('text') ?? [])].map((one) => one.textContent);
  expect(named).toEqual(['-$10', '$0', '$10', '$20', 'Nov 1']);
});

test('the day that somebody points at is told beneath the plot, until they leave', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  const [, usd] = dashboard.root.querySelectorAll('figure');
  const said = () => usd?.querySelector('.ov-pointed')?.textContent;
  const svg = usd?.querySelector('svg');
  const point = (name: string, offsetX: number) =>
    dashboard.do(() => {
      const event = new PointerEvent(name);
      Object.defineProperty(event, 'offsetX', { value: offsetX });
      svg?.dispatchEvent(event);
    });
  await point('pointermove', 140);
  expect(said()).toBe('Nov 2, 2026: $25.50 USD, 2 credits; $10.00 USD taken back');
  await point('pointerleave', 0);
  expect(said()).toBe('$25.50 USD in all; most on Nov 2, 2026: $25.50 USD.');
  await point('pointermove', 10);
  expect(said()).toBe('$25.50 USD in all; most on Nov 2, 2026: $25.50 USD.');
});

test('every value stands within its scale, which names few values, all of them within it too', () => {
  const values = fc.array(
    fc.integer({ min: -1e11, max: 1e11 }).map((cents) => cents / 100),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(values, (some) => {
      const { at, named } = linear(some, 6);
      for (const value of [0, ...some, ...named]) {
        expect(at(value)).toBeGreaterThanOrEqual(-1e-9);
        expect(at(value)).toBeLessThanOrEqual(1 + 1e-9);
      }
      expect(named.length).toBeGreaterThanOrEqual(1);
      expect(named.length).toBeLessThanOrEqual(7);
    }),
  );
});

test('a logarithmic scale begins and ends with a step', () => {
  const steps = [1, 10, 100, 1000];
  const { at, named } = logarithmic([20, 40], steps);
  expect(named).toEqual([10, 100]);
  expect([at(10), at(100)]).toEqual([0, 1]);
  expect(at(Math.sqrt(1000))).toBeCloseTo(0.5);
  expect(logarithmic([10], steps).named).toEqual([10, 100]);
  expect(logarithmic([2000], steps).at(2000)).toBeCloseTo(Math.log10(2));
});

test('a plot is a real table at the press of a button', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  const figures = () => [...dashboard.root.querySelectorAll('figure')];
  const usd = () => figures().find((figure) => figure.textContent?.includes('in USD'));
  const button = () => usd()?.querySelector('button');
  expect(usd()?.querySelector('table')).toBeNull();
  expect(button()?.getAttribute('aria-expanded')).toBe('false');
  await dashboard.do(() => button()?.click());
  expect(button()?.getAttribute('aria-expanded')).toBe('true');
  const rows = [...(usd()?.querySelectorAll('tbody tr') ?? [])].map((row) => row.textContent);
  expect(rows).toEqual(['Nov 2, 2026$25.50 USD2$10.00 USD']);
});

test('other days are asked for and stand in the address; a late answer of the former ones is not shown', async () => {
  let late: (answer: Answers['overview']) => void = () => undefined;
  const asked: string[] = [];
  const dashboard = await openDashboard(popupState(), '#/overview?days=7', {
    overview: ({ days = '' }: Request<'overview'>) => {
      asked.push(days);
      if (days !== '90') return { ...overview, from: '2026-10-01' };
      return new Promise<Answers['overview']>((resolve) => {
        late = resolve;
      });
    },
  });
  await dashboard.click('90 days');
  await dashboard.click('30 days');
  expect(location.hash).toBe('#/overview?days=30');
  await dashboard.do(() => late({ ...overview, from: '1999-01-01' }));
  expect(asked).toEqual(['7', '90', '30']);
  expect(dashboard.text()).not.toContain('1999');
  expect(dashboard.button('30 days').getAttribute('aria-pressed')).toBe('true');
});

test('what is not paid says how long the oldest waits and why, and leads to the list', async () => {
  const since = Date.now() - 3 * HOUR;
  const state = popupState({
    queue: { counts: counts({ waiting: 5, held: 2 }), oldestWaiting: { since, reason: 'not_linked' } },
  });
  const dashboard = await openDashboard(state, '#/overview', { overview });
  expect(dashboard.text()).toContain('Oldest waits for3 hours');
  expect(dashboard.text()).toContain('The participant is not linked to a Stripe customer.');
  const links = [...dashboard.root.querySelectorAll('main a')].map((link) => link.getAttribute('href'));
  expect(links).toContain('#/rewards?state=waiting');
  expect(links).toContain('#/rewards?state=held&reason=customer_missing');
});

test('what became of them, and how many took how long, stand in words with their shares', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  expect(dashboard.text()).toContain('Credited2 50%');
  expect(dashboard.text()).toContain('Customer not found1 25%');
  expect(dashboard.text()).toContain(
    'Half of 3 credits took less than 10 minutes, nine in ten less than 5 hours.',
  );
  expect(lagStepsOf(overview).map(({ count }) => count)).toEqual([0, 0, 2, 0, 1, 0, 0, 0]);
  expect(lagStepsOf({ lags: [{ upTo: 900 * HOUR, count: 4 }] }).at(-1)).toMatchObject({
    upTo: null,
    count: 4,
  });
});

test('nothing credited, and a proxy out of reach, are said', async () => {
  const none = await openDashboard(popupState(), '#/overview');
  expect(none.text()).toContain('Nothing was credited in these days.');
  const failed = await openDashboard(popupState(), '#/overview', { overview: problem('proxy_unreachable') });
  expect(failed.root.querySelector('[role=alert]')?.textContent).toContain('could not be reached');
  failed.told.overview = overview;
  await failed.click('Try again');
  expect(failed.text()).toContain('$25.50 USD');
});

test('numbers of other days are not shown as current where the chosen ones could not be read', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', { overview });
  expect(dashboard.root.querySelector('.aged')).toBeNull();
  dashboard.told.overview = problem('proxy_unreachable');
  await dashboard.click('90 days');
  await dashboard.do(() => undefined);
  expect(dashboard.root.querySelector('[role=alert]')).not.toBeNull();
  expect(dashboard.root.querySelector('.aged')?.textContent).toContain('$25.50 USD');
});

test('sums that were taken back where nothing was credited are shown, in words, plot and table', async () => {
  const back = [{ amount: 1000, currency: 'USD', count: 1 }];
  const only = { credited: [], reversed: back, lag: null };
  const dashboard = await openDashboard(popupState(), '#/overview', {
    overview: {
      ...overview,
      ...only,
      days: [{ ...only, day: '2026-11-02' }],
      lags: [],
    },
  });
  expect(dashboard.text()).not.toContain('Nothing was credited');
  expect(dashboard.root.querySelector('.sums')?.textContent).toBe(
    'Credited in USD$0.00 USD0 credits · $10.00 USD taken back',
  );
  await dashboard.click('Show as table');
  expect(dashboard.root.querySelector('figure tbody')?.textContent).toBe('Nov 2, 2026$0.00 USD0$10.00 USD');
  expect(dashboard.root.querySelectorAll('[role=img]')).toHaveLength(1);
});

test('a currency with reversals alone stands beside those with credits', async () => {
  const gbp = { amount: 300, currency: 'GBP', count: 1 };
  const dashboard = await openDashboard(popupState(), '#/overview', {
    overview: { ...overview, reversed: [...overview.reversed, gbp] },
  });
  expect(dashboard.root.querySelector('.sums')?.textContent).toContain('£3.00 GBP taken back');
});

test('credits of which nobody knows when they were earned are not called none, and are told apart', async () => {
  const sum = (count: number) => [{ amount: 100 * count, currency: 'USD', count }];
  const dashboard = await openDashboard(popupState(), '#/overview', {
    overview: {
      ...overview,
      days: [
        { day: '2026-11-02', credited: sum(3), reversed: [], lag: { ...lag, count: 1 } },
        { day: '2026-11-03', credited: sum(2), reversed: [], lag: null },
      ],
      credited: sum(5),
      reversed: [],
      lag: { ...lag, count: 1 },
    },
  });
  const lags = dashboard.root.querySelector('[aria-labelledby=lags]');
  await dashboard.do(() => lags?.querySelector('button')?.click());
  expect(lags?.textContent).toContain('The one credit counted here took 10 minutes.');
  expect(lags?.textContent).toContain('1 of 5 credits counted: of the others it is not known');
  const rows = [...(lags?.querySelectorAll('tbody tr') ?? [])].map((row) => row.textContent);
  expect(rows).toEqual(['Nov 2, 202610 minutes5 hours1 of 3', 'Nov 3, 2026Not knownNot known0 of 2']);
});

test('where none of the credits has a time, that is said', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview', {
    overview: { ...overview, lag: null, lags: [] },
  });
  expect(dashboard.text()).toContain('It is not known when the rewards of these days were earned.');
});

test('days are UTC’s over a change of the clocks; a share that is there is never nothing', () => {
  expect(daysOf({ from: '2026-10-24', to: '2026-10-26' })).toEqual([
    '2026-10-24',
    '2026-10-25',
    '2026-10-26',
  ]);
  expect([share(1, 1000), share(0, 1000), share(1, 4), share(0, 0)]).toEqual(['< 1%', '0%', '25%', '0%']);
  expect([duration(900), duration(90_000), duration(25 * HOUR)]).toEqual([
    ...['0.9 seconds', '1.5 minutes', '1 day'],
  ]);
});
