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

/** How often the ledger notes that it is in use. */
const ALIVE_MS = 3_600_000;
/** How often it is looked whether a team is to be told something. */
const WATCH_MS = 60_000;

export type RunningProxy = {
  url: string;
  invite: (role: Role) => Promise<string>;
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
  const app = createApp(parts);
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
      { fetch: app.fetch, hostname: host, port, serverOptions: patience },
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
  return {
    url: url ?? '',
    invite: parts.pairing.invite,
    async close() {
      clearInterval(heart);
      clearInterval(watch);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeIdleConnections' in server) server.closeIdleConnections();
      });
      await db.destroy();
    },
  };
}
