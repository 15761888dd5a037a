/** `npm run proxy -- backup FILE`: a whole copy of the SQLite ledger, made while the proxy runs. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';

const USAGE = `npm run proxy -- backup FILE                   copy the SQLite ledger to FILE, while the proxy runs
Copying the file by itself would miss what is in its -wal file. A PostgreSQL ledger is backed up with pg_dump
(docs/operations.md). Exit code: 0 the copy is whole, 2 there is none.
`;

/** @returns the exit code. */
export async function backupCommand(args: string[], variables = process.env): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    const [target] = positionals;
    if (target === undefined || positionals.length > 1) throw new Error(USAGE);
    const rows = await copy(variables.DATABASE_URL?.trim() || 'file:ledger.db', target);
    process.stdout.write(`${target} is a whole copy of the ledger, with ${rows} rewards.\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function copy(url: string, target: string): Promise<number> {
  if (!url.startsWith('file:'))
    throw new Error(
      'DATABASE_URL names a PostgreSQL database: back that up with pg_dump (docs/operations.md).',
    );
  const source = url.slice('file:'.length);
  if (!existsSync(source))
    throw new Error(`There is no ledger at ${source}. Set DATABASE_URL to the one to copy.`);
  if (existsSync(target)) throw new Error(`${target} is there already, and nothing was overwritten.`);
  const ledger = new Sqlite(source, { readonly: true });
  try {
    await ledger.backup(target);
    chmodSync(target, 0o600);
    return check(target);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    ledger.close();
  }
}

/** A copy that cannot be read is worse than none. */
function check(target: string): number {
  const copied = new Sqlite(target, { readonly: true });
  try {
    const state = copied.pragma('integrity_check', { simple: true });
    if (state !== 'ok') throw new Error(`The copy is broken, so it was removed: ${String(state)}`);
    const row = copied.prepare<[], { rows: number }>('select count(*) as rows from ledger').get();
    return row?.rows ?? 0;
  } finally {
    copied.close();
  }
}
