/** Simulators, proxy and ledger, ready to pay: connected, turned on, with nothing that waits for an admin's word. */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSeed } from '../sandbox/seed.ts';
import { openDatabase } from '../src/proxy/database.ts';
import { createSettings } from '../src/proxy/settings.ts';
import { environmentFor } from '../test/support/environment-for.ts';
import { UNIT } from './seed.ts';
import { answer, startUpstream, stop, type UpstreamOptions } from './upstream.ts';

export type Paying = Awaited<ReturnType<typeof startPaying>>;

/**
 * @param fill what a long life has left behind in the ledger.
 * @param profile a folder for what the proxy did with its time.
 */
export async function startPaying(
  options: UpstreamOptions,
  fill: (databaseFile: string, stripeAccount: string) => Promise<void> = async () => undefined,
  profile?: string,
) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const upstream = await startUpstream(options);
  const file = join(folder, 'ledger.db');
  const seed = readSeed();
  const account = seed.stripe.account.id;
  const db = await openDatabase(`file:${file}`);
  // As old as its rewards are young: a ledger that was just born would look for what an earlier one had credited.
  await db.updateTable('facts').set({ value: '0' }).where('name', '=', 'born_at').execute();
  await db
    .insertInto('connections')
    .values({
      mode: 'test',
      account,
      account_name: null,
      connected_at: Date.now(),
      connected_by: 'bench',
      broken: null,
    })
    .execute();
  await createSettings(db, Date.now).write(
    'test',
    0,
    { units: [UNIT], paused: false, currencyRule: 'confirm', caps: {} },
    'bench',
  );
  await db.destroy();
  await fill(file, account);
  const variables = {
    ...environmentFor(seed, { stripe: upstream.stripeUrl, advocate: upstream.advocateUrl }),
    DATABASE_URL: `file:${file}`,
  };
  const proxy = fork(new URL('./proxy-child.ts', import.meta.url), {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  });
  const { url, code }: { url: string; code: string } = await answer(proxy);
  return {
    upstream,
    seed,
    url,
    code,
    /** Bytes that the proxy uses, without garbage. */
    async inUse(): Promise<number> {
      const said = answer<{ inUse: number }>(proxy);
      proxy.send('in use');
      return (await said).inUse;
    },
    async close() {
      await stop(proxy);
      await upstream.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A browser's token, without a browser. */
export async function pairWithout({ url, code }: Paying): Promise<string> {
  const paired = await fetch(`${url}/v1/pair`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, browserName: 'Bench' }),
  });
  const { token } = (await paired.json()) as { token: string };
  return token;
}
