/** `npm run proxy -- drain` as cron and systemd start it: a process of its own beside the proxy, on its database. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { letLocksRunOut, withDatabase } from '../support/killing.ts';
import { credits, IDS, isCredit, setProcessScene } from './process-scene.ts';
import { creditsOf, rewardAt } from './stage.ts';

const CLI = fileURLToPath(new URL('../../src/proxy/cli.ts', import.meta.url));
type Scene = Awaited<ReturnType<typeof setProcessScene>>;

function start({ env }: Pick<Scene, 'env'>, ...args: string[]) {
  const child = spawn(process.execPath, [CLI, 'drain', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    out += `${line}\n`;
  });
  const ended = new Promise<{ code: number | null; out: string; errors: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, errors })),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { ended, signal: (name: NodeJS.Signals) => child.kill(name) };
}
const lastRun = (scene: Scene) =>
  withDatabase(scene.file, (db) =>
    db.updateTable('leases').set({ until: 0 }).returningAll().executeTakeFirst(),
  );

function expectAllPaidOnce(scene: Scene): void {
  for (const id of IDS) {
    expect(creditsOf(scene, id)).toHaveLength(1);
    expect(rewardAt(scene, id).statuses).toEqual(['REDEEMED']);
  }
}

test('once: everything due is credited beside a proxy that runs, it says so, and leaves the lease', async () => {
  const scene = await setProcessScene();
  const { code, out, errors } = await start(scene, '--mode', 'test').ended;
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(out).toBe('test mode: 40 found, 40 credited. All that was due was sent.\n');
  expectAllPaidOnce(scene);
  expect((await lastRun(scene))?.browser).toMatch(/^00000000-0000-4000-8000-/);
  const lease = await fetch(`${scene.proxy.url}/v1/test/lease`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${scene.token}` },
  });
  expect(await lease.json()).toMatchObject({ mine: true });
  const second = await start(scene, '--mode', 'test').ended;
  expect(second.code).toBe(0);
  expect(second.out).toMatch(/0 credited\. test is sending, so nothing was sent from here\./);
});

test('kill -9 in the middle, while a browser asks for the same: each is paid once in the end', async () => {
  const scene = await setProcessScene();
  const { reached, goOn } = scene.gate.pause(isCredit);
  const drain = start(scene, '--mode', 'test', '--watch');
  await reached;
  drain.signal('SIGKILL');
  await drain.ended;
  goOn();
  scene.gate.open();
  await letLocksRunOut(scene.file);
  await lastRun(scene);
  const again = start(scene, '--mode', 'test');
  await Promise.all([credits(scene.proxy.url, scene.token), again.ended]);
  await letLocksRunOut(scene.file);
  await lastRun(scene);
  await start(scene, '--mode', 'test').ended;
  expectAllPaidOnce(scene);
});

test('SIGTERM in the middle of --watch: what is begun is finished, the rest is left for the next', async () => {
  const scene = await setProcessScene();
  const { reached, goOn } = scene.gate.pause(isCredit);
  const drain = start(scene, '--mode', 'test', '--watch');
  await reached;
  drain.signal('SIGTERM');
  goOn();
  expect((await drain.ended).code).toBe(0);
  const rows = await withDatabase(scene.file, (db) => db.selectFrom('ledger').selectAll().execute());
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toMatchObject({ point: 'noted', locked_by: null });
  scene.gate.open();
  await start(scene, '--mode', 'test').ended;
  expectAllPaidOnce(scene);
});

test.each([
  ['no mode', [], /Say which mode/],
  ['a mode without keys', ['--mode', 'live'], /Advocate key for this mode/],
  ['an unknown word', ['--mode', 'test', '--now'], /--now/],
])('%s: it does not begin, and says what to do', async (_, args, said) => {
  const scene = await setProcessScene();
  const env = { ...scene.env, ADVOCATE_TENANT_LIVE: '', ADVOCATE_API_KEY_LIVE: '' };
  const { code, errors } = await start({ env }, ...args).ended;
  expect(code).toBe(2);
  expect(errors).toMatch(said);
  expect(scene.stripe.state.redirectsFollowed).toEqual([]);
});
