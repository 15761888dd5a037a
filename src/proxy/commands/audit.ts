/** `npm run proxy -- audit verify`: is the history as it was written? Exit code 0 whole, 1 broken, 2 could not be read. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Verified, verify } from '../audit-verify.ts';
import { openDatabase } from '../database.ts';

const USAGE = `npm run proxy -- audit verify [--json]

Reads the whole history of the database that DATABASE_URL names and finds every row that was edited, removed, inserted
or moved, and a shortened end. Write the newest hash down somewhere else: a history that was rewritten as a whole ends
with another one.

Exit code: 0 the history is whole, 1 it is broken, 2 it could not be read.
`;

/** @returns the exit code. */
export async function auditCommand(
  args: string[],
  variables: Record<string, string | undefined> = process.env,
): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (positionals.join(' ') !== 'verify') throw new Error(USAGE);
    const found = await verifyAt(variables.DATABASE_URL?.trim() || 'file:ledger.db');
    process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : inWords(found));
    return found.whole ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function verifyAt(url: string): Promise<Verified> {
  // Opening would make an empty database, and an empty history is whole.
  if (url.startsWith('file:') && !existsSync(url.slice('file:'.length)))
    throw new Error(`There is no database at ${url}. Set DATABASE_URL to the one to be verified.`);
  const db = await openDatabase(url);
  try {
    return await verify(db);
  } finally {
    await db.destroy();
  }
}

function inWords({ whole, rows, head, findings, more }: Verified): string {
  const lines = [
    `History       ${whole ? 'whole' : 'BROKEN'}`,
    `Rows read     ${rows}`,
    `Newest row    ${head === null ? 'none' : `${head.seq}  ${head.hash}`}`,
  ];
  if (findings.length > 0) lines.push('', 'Row           What was found');
  for (const { seq, how, what } of findings)
    lines.push(`${String(seq).padEnd(13)} ${how.padEnd(11)} ${what}`);
  if (more > 0) lines.push(`              and ${more} more`);
  return `${lines.join('\n')}\n`;
}
