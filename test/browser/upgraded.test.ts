import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { expect, onTestFinished, test } from 'vitest';
import { EXTENSION } from '../../sandbox/hands.ts';
import { account, look } from '../../sandbox/invariants.ts';
import type { Row } from '../../src/background/queue-row.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { replayCredits } from '../fixtures/replay.ts';
import { KEPT, KEYED_ID, keyedBuild, QUEUE_FOLDER, QUEUE_ONLY, sceneSeed } from '../fixtures/scene.ts';
import { setStage, UNITS } from './stage.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** A profile with nothing in it but what the extension's first version kept, and a ledger of that time. */
function whatWasLeft() {
  const folder = mkdtempSync(join(tmpdir(), 'upgraded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const profile = join(folder, 'profile');
  cpSync(join(FIXTURES, 'queue-v1/leveldb'), join(profile, QUEUE_FOLDER), { recursive: true });
  const ledger = join(folder, 'ledger.db');
  copyFileSync(join(FIXTURES, 'ledger-0001.db'), ledger);
  return { usedBefore: { profile, extension: keyedBuild(EXTENSION, join(folder, 'extension')) }, ledger };
}

/** The rows as the browser has them, asked of the browser alone. */
function rowsIn(page: Page, name: string): Promise<Row[]> {
  return page.evaluate(async (name) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await settled(indexedDB.open(name));
    const rows = await settled(db.transaction('rewards').objectStore('rewards').getAll());
    db.close();
    return rows;
  }, name);
}

const byReward = (rows: Row[]) => new Map(rows.map((row) => [row.reward, row]));

test('a profile and a ledger of the first version: today’s build shows every row and pays the rest once', async () => {
  const { usedBefore, ledger } = whatWasLeft();
  const stage = await setStage({
    seed: sceneSeed('stopped'),
    usedBefore,
    proxy: async (variables) => {
      const proxy = await startProxy({ ...variables, DATABASE_URL: `file:${ledger}`, LOG_LEVEL: 'silent' });
      onTestFinished(() => proxy.close());
      return proxy;
    },
  });
  const { sandbox, hands, proxy, until } = stage;
  expect(hands.extensionId).toBe(KEYED_ID);
  sandbox.stripe.connect('test');
  await replayCredits(ledger, sandbox.stripe, sandbox.seed);
  const before = look(sandbox, 'test');

  // What is there before anybody is asked anything.
  const old: Record<string, { rewards: { value: Row }[] }> = JSON.parse(
    readFileSync(join(FIXTURES, 'queue-v1/rows.json'), 'utf8'),
  );
  for (const [name, { rewards }] of Object.entries(old)) {
    await until(`the worker has opened ${name}`, async () => (await hands.state()).queue !== null);
    const rows = byReward(await rowsIn(hands.popup, name));
    expect([...rows.keys()].sort()).toEqual(rewards.map(({ value }) => value.reward).sort());
    for (const { value } of rewards) expect(rows.get(value.reward)).toMatchObject(value);
  }
  const { counts } = (await hands.state()).queue;
  expect(counts).toEqual({
    waiting: 2,
    ready: 1,
    crediting: 2,
    credited: 1,
    redeemed: 2,
    held: 2,
    cancelled: 1,
    reversed: 1,
  });

  // Paired anew: everything else the proxy still knows.
  await hands.type(hands.popup, 'Proxy address', proxy.url);
  await hands.type(hands.popup, 'Pairing code', await proxy.invite('admin'));
  await hands.press(hands.popup, 'Pair');
  await hands.see(hands.popup, 'Pause');
  const due = [KEPT.credited, KEPT.unknown, KEPT.unsent, KEPT.ready].map(({ reward }) => reward);
  const now = () => account(before, look(sandbox, 'test'), UNITS);
  await until('the old claims are redeemed', () => {
    const done = now().redeemed.map(({ id }) => id);
    return due.every((id) => done.includes(id));
  });
  // Stripe had refused it once: a person asks again.
  const retry = { name: 'retry', request: { reward: KEPT.refused.reward } };
  await hands.popup.evaluate(`chrome.runtime.sendMessage(${JSON.stringify(retry)})`);
  await until('the refused one is redeemed too', () => now().findings.length === 0);
  await until('the browser knows', async () => {
    const { redeemed, held, ready, crediting } = (await hands.state()).queue.counts;
    return redeemed === 7 && held === 1 && ready + crediting === 0;
  });

  const rows = byReward(await rowsIn(hands.popup, 'credits-test'));
  const states = (kept: Record<string, { reward: string }>) =>
    Object.fromEntries(Object.entries(kept).map(([name, { reward }]) => [name, rows.get(reward)?.state]));
  expect(states(KEPT)).toEqual({
    noted: 'redeemed',
    unnoted: 'redeemed',
    credited: 'redeemed',
    unknown: 'redeemed',
    unsent: 'redeemed',
    refused: 'redeemed',
    notLinked: 'waiting',
    pending: 'waiting',
    ready: 'redeemed',
  });
  expect(states(QUEUE_ONLY)).toEqual({ cancelled: 'cancelled', reversed: 'reversed', held: 'held' });
  expect(rows.size).toBe(12);
});
