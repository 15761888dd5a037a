/** What one file's scripts did on a page's main thread, from Chromium's own trace. */
import type { CDPSession, Page } from 'puppeteer';

type Event = {
  ph: string;
  name: string;
  ts: number;
  dur?: number;
  tdur?: number;
  pid: number;
  tid: number;
  args: { data?: { url?: string } };
};
export type Traced = {
  /** Milliseconds of processor time, compiling included. */
  script: number;
  /** Tasks above 50 ms in which these scripts ran. */
  longTasks: number;
};

/** @param until resolves when what is to be measured is over. */
export async function traced(
  page: Page,
  isOurs: (url: string) => boolean,
  until: () => Promise<void>,
): Promise<Traced> {
  const session = await page.browser().target().createCDPSession();
  const events: Event[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    const collected: Event[] = JSON.parse(JSON.stringify(value));
    for (const event of collected) events.push(event);
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['devtools.timeline', 'disabled-by-default-v8.compile', 'v8', 'toplevel'],
    },
  });
  await until();
  await ended(session);
  await session.detach();
  return sumOf(events, isOurs);
}

async function ended(session: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
}

const WORK = new Set([
  'EvaluateScript',
  'FunctionCall',
  'v8.compile',
  'v8.compileModule',
  'v8.evaluateModule',
]);
const LONG_US = 50_000;

/** Events stand in each other: what runs inside something that was counted is not counted again. */
function sumOf(events: Event[], isOurs: (url: string) => boolean): Traced {
  const ours = events
    .filter(
      ({ ph, name, args, dur }) =>
        ph === 'X' && dur !== undefined && WORK.has(name) && isOurs(args.data?.url ?? ''),
    )
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let script = 0;
  const ends = new Map<string, number>();
  for (const { ts, dur = 0, tdur = dur, pid, tid } of ours) {
    const thread = `${pid} ${tid}`;
    if (ts < (ends.get(thread) ?? 0)) continue;
    ends.set(thread, ts + dur);
    script += tdur;
  }
  const tasks = events.filter(
    ({ name, ph, dur = 0 }) => ph === 'X' && name.endsWith('RunTask') && dur > LONG_US,
  );
  const longTasks = tasks.filter((task) =>
    ours.some(
      (one) =>
        one.pid === task.pid &&
        one.tid === task.tid &&
        one.ts >= task.ts &&
        one.ts < task.ts + (task.dur ?? 0),
    ),
  ).length;
  return { script: script / 1000, longTasks };
}
