/** Hints from the database to the browsers that listen here: the parts put together. */
import { WebSocketServer } from 'ws';
import { HINTS_PROTOCOL } from '../contract/hints.ts';
import type { Database } from './database.ts';
import { createHintBus } from './hint-bus.ts';
import { createHintSockets } from './hint-sockets.ts';
import type { LeaseStore } from './lease.ts';
import type { Log } from './log.ts';

/** Browsers have nothing to say here. */
const LARGEST_MESSAGE = 1024;

export type HintService = ReturnType<typeof createHintService>;

export function createHintService(options: {
  db: Database;
  databaseUrl: string;
  leases: Pick<LeaseStore, 'read'>;
  log: Pick<Log, 'warn'>;
}) {
  const { db, databaseUrl, leases, log } = options;
  const sockets = createHintSockets({
    drains: async (mode) => (await leases.read(mode, '')).holder?.id ?? null,
  });
  const bus = createHintBus({
    db,
    databaseUrl,
    isNeeded: () => sockets.size() > 0,
    tell: sockets.tell,
    log,
  });
  return {
    sockets,
    /** For whoever listens: takes the connections over that the route lets in. */
    websocket: {
      server: new WebSocketServer({
        noServer: true,
        maxPayload: LARGEST_MESSAGE,
        perMessageDeflate: false,
        // Only ever the protocol's name: the token beside it is never sent back.
        handleProtocols: () => HINTS_PROTOCOL,
      }),
    },
    /** A hint was committed here: browsers of this proxy need not wait for the next look. */
    written: () => void bus.look(),
    start: () => bus.start(),
    async stop(): Promise<void> {
      sockets.close();
      await bus.stop();
    },
  };
}
