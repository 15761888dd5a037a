/** Proxies behind one address: the real app on one shared ledger, each with its own memory and clock. */
import { createApp } from '../../../src/proxy/app.ts';
import { stayAlive } from '../../../src/proxy/database.ts';
import type { Environment } from '../../../src/proxy/environment.ts';
import type { Log } from '../../../src/proxy/log.ts';
import { createParts } from '../../../src/proxy/parts.ts';
import type { SharedLedger } from './gated-database.ts';
import type { Machines, Process } from './machines.ts';
import type { Host, Network } from './network.ts';

export const PROXY = 'https://credits.example';
/** Seldom enough to be cheap over a weekend, and often enough for a ledger that must not be silent for 20 hours. */
export const HEART_MS = 6 * 3_600_000;

type Running = { process: Process; app: ReturnType<typeof createApp> | null };

export function createProxy(
  machines: Machines,
  network: Network,
  ledger: SharedLedger,
  environment: Environment,
  log: Log,
  name: string,
  clockOff: number,
) {
  let running: Running | null = null;

  const up = {
    name,
    start(): void {
      if (running !== null) return;
      const process = machines.start(name, { clockOff });
      const started: Running = { process, app: null };
      running = started;
      const db = ledger.of(process);
      machines.in(process, () => {
        void (async () => {
          await stayAlive(db);
          const parts = await createParts(
            environment,
            db,
            log,
            () => PROXY,
            () => Date.now(),
          );
          started.app = createApp(parts);
        })();
        const beat = () => {
          setTimeout(beat, HEART_MS);
          void stayAlive(db);
        };
        setTimeout(beat, HEART_MS);
      });
    },
    /** `kill -9`; answers whether it was in the middle of something. */
    kill(): boolean {
      if (running === null) return false;
      const { process } = running;
      const busy = network.underWay().some(({ from, to }) => from === process || to === process);
      machines.kill(process);
      network.cutOff(process);
      running = null;
      return busy;
    },
    process: () => running?.process ?? null,
    host(): Host | null {
      if (running === null || running.app === null) return null;
      const { process, app } = running;
      return { process, fetch: (request) => app.fetch(request) };
    },
  };
  return up;
}
