/** `npm run proxy` listens; `npm run proxy -- invite --role admin|support` prints a one-time pairing code. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ROLES, type Role } from '../contract/words.ts';
import { auditCommand } from './commands/audit.ts';
import { openDatabase } from './database.ts';
import { EnvironmentError, readEnvironment } from './environment.ts';
import { createPairing } from './pairing.ts';

const USAGE = `npm run proxy                                  run the proxy with the settings of .env
npm run proxy -- invite --role admin           print a one-time pairing code (admin or support)
npm run proxy -- drain --mode live [--watch]   find and credit without a browser (more: drain --help)
npm run proxy -- reconcile --mode test|live    compare rewards, ledger and Stripe, one to one (more: reconcile --help)
npm run proxy -- backup FILE                   copy the SQLite ledger while the proxy runs
npm run proxy -- audit verify [--json]         check that nobody changed the history (more: audit --help)`;

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (process.argv[2] === 'reconcile') {
    // Loaded alone: it has its memory to keep to.
    const { reconcileCommand } = await import('./commands/reconcile.ts');
    process.exitCode = await reconcileCommand(process.argv.slice(3));
    return;
  }
  if (process.argv[2] === 'drain') {
    const { drainCommand } = await import('./commands/drain.ts');
    process.exitCode = await drainCommand(process.argv.slice(3));
    return;
  }
  if (process.argv[2] === 'backup') {
    const { backupCommand } = await import('./commands/backup.ts');
    process.exitCode = await backupCommand(process.argv.slice(3));
    return;
  }
  if (process.argv[2] === 'audit') {
    process.exitCode = await auditCommand(process.argv.slice(3));
    return;
  }
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { role: { type: 'string' } },
  });
  const [command, ...rest] = positionals;
  if (command === undefined) return run();
  if (command === 'invite' && rest.length === 0) return invite(values.role);
  throw new EnvironmentError(`The proxy does not know “${positionals.join(' ')}”.\n${USAGE}`);
}

async function run(): Promise<void> {
  const { startProxy, stopOnSignals } = await import('./server.ts');
  const proxy = await startProxy(process.env);
  // To the person; the log on standard output is for machines.
  process.stderr.write(
    `The proxy listens on ${proxy.url}. Pair a browser: npm run proxy -- invite --role admin\n`,
  );
  stopOnSignals(proxy);
}

async function invite(role: string | undefined): Promise<void> {
  const known = ROLES.find((name): name is Role => name === role);
  if (known === undefined) throw new EnvironmentError(`Say which role: --role ${ROLES.join(' or --role ')}`);
  const environment = readEnvironment(process.env);
  const db = await openDatabase(environment.databaseUrl);
  const code = await createPairing(db, Date.now).invite(known);
  await db.destroy();
  const address = environment.publicUrl ?? `http://${environment.host}:${environment.port}`;
  process.stdout.write(
    `Proxy address  ${address}\nPairing code   ${code}\n\nPaste both into the extension within 15 minutes, or at once: ${address}#${code}\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
