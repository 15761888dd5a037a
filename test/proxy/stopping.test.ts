/** A real process that is told to stop while money is on its way. */
import { expect, test } from 'vitest';
import { startProcess, withDatabase } from '../support/killing.ts';
import { credits, IDS, isCredit, setProcessScene } from './process-scene.ts';
import { creditsOf, rewardAt } from './stage.ts';

test('SIGTERM in the middle of credits: what is begun is finished and told, the rest is refused and waits, nothing is lost', async () => {
  const scene = await setProcessScene();
  const { proxy, token, gate, stripe, advocate } = scene;
  const { reached, goOn } = gate.pause(isCredit);
  const asked = credits(proxy.url, token);
  await reached;
  const gone = proxy.stop();
  // Until it has heard, it is ready.
  let readiness = await fetch(`${proxy.url}/readyz`);
  while (readiness.ok) readiness = await fetch(`${proxy.url}/readyz`);
  expect(await readiness.json()).toMatchObject({ code: 'proxy_stopping', status: 503 });
  expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200);
  const refused = await fetch(`${proxy.url}/v1/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'proxy_stopping' });
  goOn();

  const told = await asked;
  expect(told.map(({ reward: id }) => id).sort()).toEqual(IDS);
  const done = told.filter(({ state }) => state === 'redeemed');
  const left = told.filter(({ state }) => state !== 'redeemed');
  expect(done.length).toBeGreaterThan(0);
  expect(left.length).toBeGreaterThan(0);
  for (const outcome of left)
    expect(outcome).toMatchObject({ state: 'waiting', reason: 'proxy_unreachable' });
  expect(await gone).toBe(0);
  for (const { reward: id } of done) expect(creditsOf(scene, id)).toHaveLength(1);
  for (const { reward: id } of left) expect(creditsOf(scene, id)).toEqual([]);
  const rows = await withDatabase(scene.file, (db) => db.selectFrom('ledger').selectAll().execute());
  expect(rows.map(({ reward: id }) => id).sort()).toEqual(done.map(({ reward: id }) => id).sort());
  for (const row of rows) expect(row).toMatchObject({ point: 'noted', locked_by: null });

  gate.open();
  const again = await startProcess(scene.env);
  await credits(again.url, token);
  for (const id of IDS) {
    expect(creditsOf({ stripe }, id)).toHaveLength(1);
    expect(rewardAt({ advocate }, id).statuses).toEqual(['REDEEMED']);
  }
  expect(await again.stop()).toBe(0);
});

test('whoever asked is gone when it is told to stop: what is begun is finished all the same', async () => {
  const scene = await setProcessScene();
  const { proxy, token, gate } = scene;
  const { reached, goOn } = gate.pause(isCredit);
  const leaving = new AbortController();
  const asked = fetch(`${proxy.url}/v1/test/credits`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ rewards: [IDS[0]] }),
    signal: leaving.signal,
  }).then((answer) => answer.text());
  await reached;
  leaving.abort();
  await expect(asked).rejects.toThrow();
  const gone = proxy.stop();
  let readiness = await fetch(`${proxy.url}/readyz`);
  while (readiness.ok) readiness = await fetch(`${proxy.url}/readyz`);
  goOn();
  expect(await gone).toBe(0);
  const rows = await withDatabase(scene.file, (db) => db.selectFrom('ledger').selectAll().execute());
  expect(rows).toMatchObject([{ point: 'noted', locked_by: null }]);
});
