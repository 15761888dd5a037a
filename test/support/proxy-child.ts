/** The real proxy in a process of its own, that can be killed. Knows nothing of tests. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '../../src/proxy/database.ts';

const PROXY = fileURLToPath(new URL('./proxy-process.ts', import.meta.url));

export type ProxyProcess = {
  url: string;
  code: string;
  kill: () => Promise<void>;
  /** As systemd and containers do it. Resolves with the exit code, null when it died of a signal. */
  stop: () => Promise<number | null>;
};

/** Resolves when it listens. `code` pairs one admin's browser. */
export async function startChild(env: Record<string, string | undefined>): Promise<ProxyProcess> {
  const child = spawn(process.execPath, [PROXY], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const stop = () => {
    child.kill('SIGTERM');
    return gone;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { url?: string; code?: string };
    if (said.url === undefined || said.code === undefined) continue;
    child.stdout.resume();
    return { url: said.url, code: said.code, kill, stop };
  }
  throw new Error('the proxy ended before it listened');
}

export async function withDatabase<T>(file: string, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(`file:${file}`);
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
