/** `npm run proxy -- drain`: finds and credits without a browser, once or for as long as it runs. */
import { parseArgs } from 'node:util';
import { titleOf } from '../../contract/problems.ts';
import { MODES } from '../../contract/words.ts';
import { openDatabase } from '../database.ts';
import { createDrainer, EVERY_MS, join, type Round } from '../drainer.ts';
import { EnvironmentError, readEnvironment, secretsOf } from '../environment.ts';
import { createLog, type Log } from '../log.ts';
import { createParts } from '../parts.ts';

const USAGE = `npm run proxy -- drain --mode live            find and credit what is due, once: for cron or a systemd timer
    --watch                                    again every 30 seconds, until it is told to stop
    --rejoin                                   after an admin removed this machine from the team
It takes the same lease as a browser: while another one sends, it does nothing, and takes over when that one goes quiet.
Exit codes: 0 done, or nothing to do, 1 something went wrong and is tried again by the next run, 2 it did not begin
`;

const DONE = 0;
const WENT_WRONG = 1;
const NOT_BEGUN = 2;

/** Answers the exit code. */
export async function drainCommand(args: string[], variables = process.env): Promise<number> {
  try {
    return await obey(args, variables);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return NOT_BEGUN;
  }
}

async function obey(args: string[], variables: NodeJS.ProcessEnv): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      mode: { type: 'string' },
      watch: { type: 'boolean', default: false },
      rejoin: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return DONE;
  }
  const mode = MODES.find((name) => name === values.mode);
  if (mode === undefined) throw new EnvironmentError(`Say which mode: --mode live or --mode test.\n${USAGE}`);
  const environment = readEnvironment(variables);
  // With `--watch` it is a service with a log; once, standard output is for whoever reads cron's mail.
  const log = values.watch
    ? createLog(environment.logLevel, secretsOf(environment))
    : createLog('warn', secretsOf(environment), process.stderr);
  const db = await openDatabase(environment.databaseUrl);
  try {
    const parts = await createParts(environment, db, log, () => environment.publicUrl ?? '');
    // Says so at once where this mode has no keys.
    parts.ofMode(mode);
    const drainer = createDrainer(parts, mode, await join(db, Date.now, values.rejoin));
    const stopping = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        stopping.abort();
        void drainer.stop();
      });
    try {
      return values.watch
        ? await watch(drainer.round, log, stopping.signal)
        : await once(drainer.round, stopping.signal);
    } finally {
      await drainer.stop();
    }
  } finally {
    await db.destroy();
  }

  /** Until nothing more comes: one round ends after four minutes, however much is left. */
  async function once(round: () => Promise<Round>, stopped: AbortSignal): Promise<number> {
    const sum = { found: 0, credited: 0 };
    let last: Round;
    do {
      last = await round();
      sum.found += last.found;
      sum.credited += last.credited;
    } while (!stopped.aborted && goesOn(last));
    process.stdout.write(`${mode} mode: ${sum.found} found, ${sum.credited} credited. ${said(last)}\n`);
    return last.problem === null ? DONE : WENT_WRONG;
  }

  async function watch(round: () => Promise<Round>, to: Log, stopped: AbortSignal): Promise<number> {
    while (!stopped.aborted) {
      try {
        const { found, credited, skipped, problem } = await round();
        if (problem !== null) to.warn({ mode, code: problem.code, detail: problem.detail }, 'drain');
        else if (found + credited > 0) to.info({ mode, found, credited, skipped }, 'drain');
      } catch (error) {
        to.error({ mode, err: error }, 'drain');
      }
      await pause(stopped);
    }
    return DONE;
  }

  function said({ skipped, problem, session }: Round): string {
    const { settings, lease } = session.modes[mode ?? 'test'];
    if (problem !== null)
      return [titleOf(problem.code), problem.detail, problem.action].filter(Boolean).join(' ');
    if (settings.units.length === 0) return 'No units are configured, so there is nothing to look for.';
    if (skipped === 'lease_taken')
      return `${lease.holder?.name ?? 'Another one'} is sending, so nothing was sent from here.`;
    if (skipped === 'paused') return 'Credits are paused.';
    if (skipped === 'not_connected') return 'Stripe is not connected.';
    return 'All that was due was sent.';
  }
}

const goesOn = ({ found, credited, skipped, problem }: Round) =>
  skipped === null && problem === null && found + credited > 0;

function pause(stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS);
    stopped.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
