/**
 * What the scripts of one extension did on a page's main thread, from Chromium's own trace: what has their address, what
 * runs in their world, and every microtask, since the trace does not say whose it is: what follows an `import()` or an answer
 * of the worker is one. So the page itself must have no scripts.
 */
import type { CDPSession, Page } from 'puppeteer';

type Event = {
  ph: string;
  name: string;
  ts: number;
  dur?: number;
  tdur?: number;
  pid: number;
  tid: number;
  args: { data?: { url?: string }; worldName?: string };
};
export type Traced = {
  /** Milliseconds of processor time, compiling included. */
  script: number;
  /** Tasks above 50 ms in which these scripts ran. */
  longTasks: number;
};

export type Ours = { isOurs: (url: string) => boolean; world: string };

/** @param until resolves when what is to be measured is over. */
export async function traced(page: Page, ours: Ours, until: () => Promise<void>): Promise<Traced> {
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
  return sumOf(events, ours);
}

async function ended(session: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
}

const COMPILING = new Set(['v8.compile', 'v8.compileModule', 'v8.streamingCompile.complete']);
const RUNNING = new Set(['EvaluateScript', 'FunctionCall']);
const IN_WORLD = new Set(['v8.run', 'v8.callFunction', 'v8.evaluateModule']);
const MICROTASKS = 'BlinkScheduler_PerformMicrotaskCheckpoint';
/** After every task the browser looks whether there is any. */
const EMPTY_US = 15;
const LONG_US = 50_000;

const threadOf = ({ pid, tid }: Event) => `${pid} ${tid}`;

const ranSomething = ({ name, tdur = 0 }: Event) => name === MICROTASKS && tdur > EMPTY_US;

/** Events stand in each other: what runs inside something that was counted is not counted again. */
function sumOf(events: Event[], { isOurs, world }: Ours): Traced {
  const whole = events.filter(({ ph, dur }) => ph === 'X' && dur !== undefined);
  const known = whole.filter(({ name, args }) =>
    IN_WORLD.has(name)
      ? args.worldName === world
      : (COMPILING.has(name) || RUNNING.has(name)) && isOurs(args.data?.url ?? ''),
  );
  const threads = new Set(known.filter(({ name }) => !COMPILING.has(name)).map(threadOf));
  const ours = [...known, ...whole.filter(ranSomething)]
    .filter((event) => threads.has(threadOf(event)))
    .sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let script = 0;
  const ends = new Map<string, number>();
  for (const event of ours) {
    const { ts, dur = 0, tdur = dur } = event;
    const thread = threadOf(event);
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
