/** Opens the database, puts the parts together and listens. */
import type { ServerOptions } from 'node:http';
import { serve } from '@hono/node-server';
import type { Role } from '../contract/words.ts';
import { createApp } from './app.ts';
import { openDatabase, stayAlive } from './database.ts';
import { readEnvironment, secretsOf } from './environment.ts';
import { createLog, type Log } from './log.ts';
import { createParts } from './parts.ts';
import { PATIENCE } from './patience.ts';
import { mayUpgrade } from './upgrades.ts';
import { createVitals } from './vitals.ts';
import { LONGEST_STOP_MS } from './work.ts';

/** How often the ledger notes that it is in use. */
const ALIVE_MS = 3_600_000;
/** How often it is looked whether a team is to be told something. */
const WATCH_MS = 60_000;

/** For connections that are open still when all work has come to its end. */
const LONGEST_CLOSE_MS = 5_000;

export type RunningProxy = {
  url: string;
  invite: (role: Role) => Promise<string>;
  /** Takes on nothing more, finishes what is begun, then ends. */
  close: () => Promise<void>;
};

/** @throws EnvironmentError with a sentence per wrong variable; Error with a sentence when the port is taken. */
export async function startProxy(
  variables: Record<string, string | undefined>,
  log?: Log,
  patience: ServerOptions = PATIENCE,
): Promise<RunningProxy> {
  const environment = readEnvironment(variables);
  const db = await openDatabase(environment.databaseUrl);
  let url = environment.publicUrl;
  const parts = await createParts(
    environment,
    db,
    log ?? createLog(environment.logLevel, secretsOf(environment)),
    () => url ?? '',
  );
  const vitals = createVitals(parts);
  vitals.metrics.ofProcess();
  const app = createApp(parts, vitals);
  const heart = setInterval(
    () => void stayAlive(db).catch((error) => parts.log.error({ err: error }, 'heartbeat')),
    ALIVE_MS,
  );
  heart.unref();
  const watch = setInterval(() => void parts.alerts.tick(), WATCH_MS);
  watch.unref();
  const { host, port } = environment;
  const server = await new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const listening = serve(
      {
        fetch: app.fetch,
        hostname: host,
        port,
        serverOptions: { ...patience, shouldUpgradeCallback: mayUpgrade },
        websocket: parts.hints.websocket,
      },
      (address) => {
        url ??= `http://${host}:${address.port}`;
        resolve(listening);
      },
    );
    listening.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on ${host} is taken. Set PORT to another one, or stop what uses it.`)
          : error,
      ),
    );
  }).catch(async (error) => {
    await db.destroy();
    throw error;
  });
  await parts.hints.start();
  async function stop(): Promise<void> {
    clearInterval(heart);
    clearInterval(watch);
    await parts.hints.stop();
    const { work } = vitals;
    // Until then it listens, so that whoever asks is told why, and when to ask again.
    const finished = await inTime(work.stop(), LONGEST_STOP_MS);
    if (!finished) parts.log.warn({ underWay: work.count() }, 'stopped while something was under way');
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    if ('closeIdleConnections' in server) server.closeIdleConnections();
    if (!(await inTime(closed, LONGEST_CLOSE_MS)) && 'closeAllConnections' in server)
      server.closeAllConnections();
    await db.destroy();
  }
  let stopped: Promise<void> | null = null;
  return {
    url: url ?? '',
    invite: parts.pairing.invite,
    close() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The first signal ends the process when all that is begun is done; the second one at once. */
export function stopOnSignals(proxy: RunningProxy): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void proxy.close().then(() => process.exit(0)));
}

/** Whether it came to its end by then. */
async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
