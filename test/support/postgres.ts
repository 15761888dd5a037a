/** A PostgreSQL server of our own for the tests: in a temporary folder, behind a socket, gone afterwards. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { openDatabase } from '../../src/proxy/database.ts';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';
const TEMPLATE = 'template_credits';

/** Where PostgreSQL's programs may be, the newest of Debian's first. */
function folders(): string[] {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
}

/** The folder with the server's programs; null where it is not installed. */
export function findPostgres(): string | null {
  const both = (folder: string) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)));
  return folders().find(both) ?? null;
}

/** One of the programs beside the server. */
export function findProgram(name: string): string {
  const folder = folders().find((each) => existsSync(join(each, name)));
  if (folder === undefined)
    throw new Error(`PostgreSQL is installed without ${name} (Debian: apt-get install postgresql-client).`);
  return join(folder, name);
}

export type PostgresServer = { url: string; stop: () => Promise<void> };

/** What a test writes has not to survive a power cut, so nothing waits for the disk. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off'];
const SETTINGS = ['listen_addresses=', 'max_connections=300'];

/** @param durable keeps what was committed through a power cut, as PostgreSQL does unless told otherwise. */
export async function startPostgres(bin: string, { durable = false } = {}): Promise<PostgresServer> {
  const settings = durable ? SETTINGS : [...SETTINGS, ...FORGETFUL];
  const home = await mkdtemp(join(tmpdir(), 'credits-postgres-'));
  // The server refuses to run as root.
  const user: { uid?: number; gid?: number } = process.getuid?.() === 0 ? await someUser() : {};
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password);
  if (user.uid !== undefined && user.gid !== undefined)
    for (const path of [home, passwordFile]) await chown(path, user.uid, user.gid);
  const data = join(home, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'credits', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-sync'],
    { ...user, cwd: home },
  );
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-k', home, ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: home, env: { ...process.env, LC_MESSAGES: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await readyToAccept(server.stderr);
  const url = `postgres://credits:${password}@${encodeURIComponent(home)}/postgres`;
  await makeTemplate(url);
  return {
    url,
    async stop() {
      server.kill('SIGINT');
      await gone;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function someUser(): Promise<{ uid: number; gid: number }> {
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name]))).catch(() => null);
    if (ids !== null) {
      const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.');
}

async function readyToAccept(stderr: NodeJS.ReadableStream): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    said.push(line);
    if (!line.includes('ready to accept connections')) continue;
    stderr.resume();
    return;
  }
  throw new Error(`PostgreSQL ended before it was ready:\n${said.join('\n')}`);
}

const named = (url: string, name: string) => url.replace(/[^/]+$/, name);

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Copying it is quicker than growing each test's database from nothing. */
async function makeTemplate(url: string): Promise<void> {
  await ask(url, `create database ${TEMPLATE}`);
  const db = await openDatabase(named(url, TEMPLATE));
  await db.deleteFrom('facts').execute();
  await db.destroy();
}

/** A database of its own for one test. `empty`: as an operator makes it, with no tables. */
export async function freshDatabase(
  server: string,
  { empty = false } = {},
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await ask(server, `create database ${name} template ${empty ? 'template0' : TEMPLATE}`);
  return {
    url: named(server, name),
    drop: () => ask(server, `drop database ${name} with (force)`),
  };
}
