/** The real proxy in a process of its own, and the moments at which it is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LedgerPoint } from '../../src/contract/words.ts';
import { type Database, openDatabase } from '../../src/proxy/database.ts';
import type { openGate } from './gate.ts';

const PROXY = fileURLToPath(new URL('./proxy-process.ts', import.meta.url));

export type ProxyProcess = { url: string; code: string; kill: () => Promise<void> };

/** Resolves when it listens. `code` pairs one admin's browser. */
export async function startProcess(env: Record<string, string | undefined>): Promise<ProxyProcess> {
  const child: ChildProcess = spawn(process.execPath, [PROXY], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  if (child.stdout === null) throw new Error('the proxy has no standard output');
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { url?: string; code?: string };
    if (said.url === undefined || said.code === undefined) continue;
    child.stdout.resume();
    return { url: said.url, code: said.code, kill };
  }
  throw new Error('the proxy ended before it listened');
}

export async function withDatabase<T>(file: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(file, Date.now);
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** The dead process' lock on its rows is not waited for: it is written as run out. */
export const letLocksRunOut = (file: string) =>
  withDatabase(file, (db) =>
    db.updateTable('ledger').set({ locked_until: 1 }).where('locked_by', 'is not', null).execute(),
  );

type Gate = Awaited<ReturnType<typeof openGate>>;
const isCredit = (method: string, url: string) => method === 'POST' && url.endsWith('/balance_transactions');
const isRedeem = (_: string, url: string) => url.endsWith('/redeem');
const isNote = (_: string, __: string, body: string) => body.includes('upsertRewardMeta');

/** At each recovery point: before the next request has reached the other side, and after it has been done there. */
export const MOMENTS: [
  what: string,
  point: LedgerPoint,
  upstream: 'stripe' | 'advocate',
  moment: 'before' | 'after',
  matches: Parameters<Gate['hold']>[1],
][] = [
  ['claimed, the credit on its way', 'claimed', 'stripe', 'before', isCredit],
  ['claimed, the credit made, its answer not read', 'claimed', 'stripe', 'after', isCredit],
  ['credited, the redemption on its way', 'credited', 'advocate', 'before', isRedeem],
  ['credited, redeemed at Advocate, its answer not read', 'credited', 'advocate', 'after', isRedeem],
  ['redeemed, the note on its way', 'redeemed', 'advocate', 'before', isNote],
  ['redeemed, the note written, its answer not read', 'redeemed', 'advocate', 'after', isNote],
];
