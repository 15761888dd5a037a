/** The real proxy, listening, with a clock that a test can set forward. */
import { serve } from '@hono/node-server';
import { createApp } from '../../src/proxy/app.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { readEnvironment } from '../../src/proxy/environment.ts';
import { createLog } from '../../src/proxy/log.ts';
import { createParts } from '../../src/proxy/parts.ts';
import type { RunningProxy } from '../../src/proxy/server.ts';

export async function startClockedProxy(
  variables: Record<string, string | undefined>,
  now: () => number,
): Promise<RunningProxy> {
  const environment = readEnvironment(variables);
  const db = await openDatabase(environment.databaseUrl, now);
  let url = '';
  const log = createLog('silent', [], { write: () => undefined });
  const parts = await createParts(environment, db, log, () => url, now);
  const app = createApp(parts);
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const { host: hostname, port } = environment;
    const listening = serve(
      { fetch: app.fetch, hostname, port, websocket: parts.hints.websocket },
      (address) => {
        url = `http://${hostname}:${address.port}`;
        resolve(listening);
      },
    );
  });
  await parts.hints.start();
  return {
    url,
    invite: parts.pairing.invite,
    async close() {
      await parts.hints.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
      await db.destroy();
    },
  };
}
