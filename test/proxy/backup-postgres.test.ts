/** A PostgreSQL ledger that is lost and put back from a dump, by the commands that docs/operations.md names. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/proxy/app.ts';
import { verify } from '../../src/proxy/audit-verify.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import { createParts } from '../../src/proxy/parts.ts';
import { findProgram, freshDatabase } from '../support/postgres.ts';
import { creditsOf, creditsThrough, participant, reward, rewardAt, setStage } from './stage.ts';

const run = promisify(execFile);
const IDS = ['eeeeeeeeeeeeeeeeeeeeeee1', 'eeeeeeeeeeeeeeeeeeeeeee2', 'eeeeeeeeeeeeeeeeeeeeeee3'];

test('dumped, lost, put back into an empty database: what was credited after the dump is not credited again', async () => {
  const server = inject('postgres');
  if (server === undefined) throw new Error('this test is for PostgreSQL');
  const stage = await setStage({ participants: [participant({ rewards: IDS.map((id) => reward({ id })) })] });
  await stage.credits({ rewards: IDS.slice(0, 1) });
  const folder = mkdtempSync(join(tmpdir(), 'dump-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'credits.dump');
  await run(findProgram('pg_dump'), [
    '--format=custom',
    `--file=${file}`,
    stage.parts.environment.databaseUrl,
  ]);
  // Credited at Stripe and not redeemed at Advocate: only the ledger knows, and the dump has it not.
  stage.advocate.inject({ fault: 'error-500', path: /redeem/, times: 99 });
  const told = await stage.credits({ rewards: IDS.slice(1) });
  expect(told).toMatchObject([{ state: 'credited' }, { state: 'credited' }]);
  stage.advocate.clearFaults();

  const empty = await freshDatabase(server, { empty: true });
  onTestFinished(empty.drop);
  await run(findProgram('pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${empty.url}`, file]);
  const db = await openDatabase(empty.url);
  onTestFinished(() => db.destroy());
  expect(await verify(db)).toMatchObject({ whole: true });
  const { environment, log, now, sleep } = stage.parts;
  const app = createApp(await createParts(environment, db, log, () => '', now, sleep));
  const after = await creditsThrough(app, stage, IDS);
  expect(after.map(({ state }) => state)).toEqual(['redeemed', 'redeemed', 'redeemed']);
  for (const id of IDS) {
    expect(creditsOf(stage, id)).toHaveLength(1);
    expect(rewardAt(stage, id).statuses).toEqual(['REDEEMED']);
  }
});
