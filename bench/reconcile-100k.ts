/**
 * `reconcile-100k`: the one-to-one proof over 100,000 credited rewards, `npm run proxy -- reconcile` as people run it, and
 * the most memory it ever held. Beside it a bare client in a process of its own asks the same questions, recorded from
 * the first run, and does nothing with the answers.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { createAdvocate } from '../sandbox/advocate/simulator.ts';
import type { App } from '../sandbox/https-front.ts';
import { createStripe } from '../sandbox/stripe/simulator.ts';
import { openDatabase } from '../src/proxy/database.ts';
import { fill, peakMegabytesIn, runCli, seedOf } from '../test/faults/reconcile-at-size.ts';
import { environmentFor } from '../test/support/environment-for.ts';
import { interleave, median, type Row } from './row.ts';
import { answer } from './upstream.ts';

export type Asked = {
  service: 'stripe' | 'advocate';
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
};

const OF_THE_CONNECTION = ['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding'];

async function listen(service: Asked['service'], app: App, note: (asked: Asked) => void) {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const headers = Object.fromEntries(request.headers);
      for (const name of OF_THE_CONNECTION) delete headers[name];
      const body = await request.clone().text();
      note({ service, url: request.url, method: request.method, headers, body });
      return app.fetch(request, env);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export const reconcile100k: Row = {
  name: 'reconcile-100k',
  async measure(sizes) {
    const small = sizes === 'small';
    const rewards = small ? 500 : 100_000;
    const runs = small ? 1 : 5;
    const folder = await mkdtemp(join(tmpdir(), 'bench-reconcile-'));
    const seed = seedOf(rewards);
    const asked: Asked[] = [];
    let recording = true;
    const note = (one: Asked) => void (recording && asked.push(one));
    const stripe = createStripe({ seed });
    stripe.connect('test');
    const advocate = await createAdvocate({ seed });
    const atStripe = await listen('stripe', stripe.app, note);
    const atAdvocate = await listen('advocate', advocate.app, note);
    try {
      const url = `file:${join(folder, 'ledger.db')}`;
      const db = await openDatabase(url);
      await fill(db, stripe, seed, rewards);
      await db.destroy();
      const { PORT: _, ...variables } = environmentFor(seed, {
        stripe: atStripe.url,
        advocate: atAdvocate.url,
      });
      const environment = Object.fromEntries(
        Object.entries({ ...variables, DATABASE_URL: url }).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value]],
        ),
      );
      const peaks: number[] = [];
      const ours = async () => {
        const start = performance.now();
        const { code, stderr } = await runCli(['--report', join(folder, 'report.ndjson')], environment);
        if (code !== 0) throw new Error(`Reconciling ended with ${code}: ${stderr}`);
        peaks.push(peakMegabytesIn(stderr));
        return (performance.now() - start) / 1000;
      };
      await ours();
      recording = false;
      const file = join(folder, 'asked.json');
      await writeFile(file, JSON.stringify(asked));
      const bare = async () => {
        const child = fork(new URL('./bare-read-child.ts', import.meta.url), [file]);
        const { seconds }: { seconds: number } = await answer(child);
        child.disconnect();
        return seconds;
      };
      const times = await interleave(runs, { ours, bare });
      return [
        {
          name: 'reconcile-100k: time',
          unit: 's',
          ours: median(times.ours),
          limit: median(times.bare),
          target: { of: 'ratio', atMost: 1.5 },
          runs,
        },
        {
          name: 'reconcile-100k: memory',
          unit: 'MB',
          ours: Math.max(...peaks),
          limit: null,
          target: { of: 'ours', atMost: 150 },
          runs: peaks.length,
        },
      ];
    } finally {
      await Promise.all([atStripe.close(), atAdvocate.close()]);
      await rm(folder, { recursive: true, force: true });
    }
  },
};
