/**
 * `drain-limited-25`, `drain-limited-100`: a drain against upstreams as slow as the real ones, where Stripe allows 25 (100)
 * calls a second. The limit beside it is that number. Calls that Stripe took are counted after the first five seconds
 * (its allowance starts full) in windows of five, of which the median is taken, up to the last credit; windows of one
 * drain stand for runs, since a drain of its own for each would take an hour.
 */
import { drainOnce } from './drain.ts';
import { type Measured, median, type Row } from './row.ts';
import { REAL_DELAYS } from './upstream.ts';

const SETTLED_MS = 5_000;
const WINDOW_MS = 5_000;

async function measure(limit: number, rewards: number, small: boolean): Promise<Measured[]> {
  const name = `drain-limited-${limit}`;
  const { accepted, credited, stripeCalls, throttled } = await drainOnce({
    rewards,
    delays: REAL_DELAYS,
    limit,
  });
  const start = (accepted[0] ?? 0) + (small ? 0 : SETTLED_MS);
  const end = credited.at(-1) ?? start;
  const length = small ? end - start : WINDOW_MS;
  const windows: number[] = [];
  for (let from = start; from + length <= end; from += length)
    windows.push((accepted.filter((at) => at >= from && at < from + length).length * 1000) / length);
  const runs = windows.length;
  const whole = { unit: 'calls/reward', limit: null, runs: 1 };
  return [
    {
      name,
      unit: 'calls/s',
      ours: median(windows),
      limit,
      target: { of: 'ratio', atLeast: 0.95 },
      runs,
    },
    {
      ...whole,
      name: `${name}: answered 429`,
      unit: '%',
      ours: (100 * throttled) / stripeCalls,
      target: { of: 'ours', atMost: 2 },
    },
    {
      ...whole,
      name: `${name}: calls a reward`,
      ours: (stripeCalls - throttled) / rewards,
      target: { of: 'ours', atMost: 2.1 },
    },
  ];
}

export const drainLimited25: Row = {
  name: 'drain-limited-25',
  measure: (sizes) => measure(25, sizes === 'small' ? 30 : 3_000, sizes === 'small'),
};
export const drainLimited100: Row = {
  name: 'drain-limited-100',
  measure: (sizes) => measure(100, sizes === 'small' ? 60 : 10_000, sizes === 'small'),
};
