/** A SQLite ledger that is lost and put back from a copy that was made while it was written to. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { letLocksRunOut, startProcess } from '../support/killing.ts';
import { creditIds, IDS, setProcessScene } from './process-scene.ts';
import { creditsOf, rewardAt } from './stage.ts';

const CLI = fileURLToPath(new URL('../../src/proxy/cli.ts', import.meta.url));

function command(env: Record<string, string | undefined>, ...args: string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text;
    });
  return new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
}

test('copied while it is written to, lost, put back: what was credited after the copy is not credited again', async () => {
  const scene = await setProcessScene();
  const { proxy, token, file, env, advocate } = scene;
  const [first, rest] = [IDS.slice(0, 15), IDS.slice(15)];
  await creditIds(proxy.url, token, first);
  const copy = `${file}.copy`;
  // Credited at Stripe and not redeemed at Advocate: only the ledger knows, and the copy may not have it.
  advocate.inject({ fault: 'error-500', path: /redeem/, times: 999 });
  const [made, told] = await Promise.all([command(env, 'backup', copy), creditIds(proxy.url, token, rest)]);
  expect(made).toMatchObject({ code: 0 });
  expect(made.said).toMatch(/is a whole copy of the ledger, with \d+ rewards\./);
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(told.filter(({ state }) => state === 'credited')).toHaveLength(rest.length);
  advocate.clearFaults();

  await proxy.kill();
  for (const part of ['', '-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
  copyFileSync(copy, file);
  expect(await command(env, 'audit', 'verify')).toMatchObject({ code: 0 });
  // Those that the copy was made in the middle of.
  await letLocksRunOut(file);
  const again = await startProcess(env);
  const after = await creditIds(again.url, token, IDS);
  expect(after.filter(({ state }) => state === 'redeemed')).toHaveLength(IDS.length);
  for (const id of IDS) {
    expect(creditsOf(scene, id)).toHaveLength(1);
    expect(rewardAt(scene, id).statuses).toEqual(['REDEEMED']);
  }
  expect(await command(env, 'reconcile', '--mode', 'test')).toMatchObject({ code: 0 });
});

test('a copy overwrites nothing, and there is none of what is not there', async () => {
  const scene = await setProcessScene();
  const copy = `${scene.file}.copy`;
  expect(await command(scene.env, 'backup', copy)).toMatchObject({ code: 0 });
  const second = await command(scene.env, 'backup', copy);
  expect(second).toMatchObject({ code: 2 });
  expect(second.said).toMatch(/is there already, and nothing was overwritten/);
  const nowhere = { ...scene.env, DATABASE_URL: `file:${scene.file}.none` };
  const none = await command(nowhere, 'backup', `${copy}2`);
  expect(none).toMatchObject({ code: 2 });
  expect(none.said).toMatch(/There is no ledger at/);
  expect(existsSync(`${scene.file}.none`)).toBe(false);
  const postgres = await command({ ...scene.env, DATABASE_URL: 'postgres://a:b@localhost/c' }, 'backup', 'x');
  expect(postgres).toMatchObject({ code: 2 });
  expect(postgres.said).toMatch(/pg_dump/);
});
