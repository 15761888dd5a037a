import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { account, look } from '../../sandbox/invariants.ts';
import { listen } from '../../sandbox/listen.ts';
import { found, recordTraffic, secretsOf, storageOf, trafficIn } from './browser-leaks.ts';
import { setStage, setUp, smallSeed, UNITS } from './stage.ts';

async function trafficFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'traffic-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'net.json');
}

test('no key of Stripe or Advocate is in extension storage, in traffic to the browser or in the proxy’s log', async () => {
  const file = await trafficFile();
  const seed = smallSeed();
  const secrets = secretsOf(seed);
  const stage = await setStage({ seed, browserArguments: recordTraffic(file) });
  const { sandbox, hands, logLines, until } = stage;
  const before = look(sandbox, 'test');

  await setUp(stage);
  const redeemed = () => account(before, look(sandbox, 'test'), UNITS).redeemed.length;
  await until('everything is redeemed', () => redeemed() === 4);
  const page = await hands.openParticipant(seed.advocate.tenants.test.alias, 'Anna', 'Anna Example');
  await hands.see(page, 'Unlink');

  const storage = await storageOf(hands.popup);
  expect(storage, 'the search sees what is stored').toContain('aaaaaaaaaaaaaaaaaaaaaa00');
  expect(found(secrets, storage)).toEqual([]);

  expect(logLines.join(''), 'the search sees what is logged').toContain('aaaaaaaaaaaaaaaaaaaaaa00');
  expect(found(secrets, logLines.join(''))).toEqual([]);

  await hands.close();
  const traffic = await trafficIn(file);
  expect(traffic, 'the search sees the proxy’s answers').toContain('"reward":"aaaaaaaaaaaaaaaaaaaaaa00"');
  expect(traffic, 'and what came over TLS').toContain('Participant information');
  expect(found(secrets, traffic)).toEqual([]);
});

test('a key that is put there is found there', async () => {
  const file = await trafficFile();
  const seed = smallSeed();
  const secrets = secretsOf(seed);
  const { hands } = await setStage({ seed, browserArguments: recordTraffic(file) });
  const [planted = '', alsoPlanted = ''] = secrets;

  await hands.popup.evaluate(`chrome.storage.local.set({ notes: 'key ${planted}' })`);
  await hands.popup.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open('planted', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('notes').put('${alsoPlanted}', 1);
    opening.onsuccess = () => resolve(opening.result.close());
  })`);
  expect(found(secrets, await storageOf(hands.popup))).toEqual([planted, alsoPlanted]);

  const careless = createServer((_, response) => {
    response.write(planted.slice(0, 9));
    setImmediate(() => response.end(planted.slice(9)));
  });
  const { port, close } = await listen(careless, 0);
  onTestFinished(close);
  const page = await hands.browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/?about=${alsoPlanted}`);
  await hands.close();
  expect(found(secrets, await trafficIn(file))).toEqual([planted, alsoPlanted]);
});
