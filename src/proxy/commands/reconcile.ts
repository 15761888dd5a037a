/** `npm run proxy -- reconcile`: writes the proof, prints the signing key's fingerprint, or verifies a report. */
import { createReadStream, createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { ProblemError } from '../../contract/problems.ts';
import { MODES, type Mode } from '../../contract/words.ts';
import { openDatabase } from '../database.ts';
import { EnvironmentError, readEnvironment, secretsOf } from '../environment.ts';
import { createLog } from '../log.ts';
import { createParts } from '../parts.ts';
import { reconcileContext } from '../reconcile-context.ts';
import { type ReportPart, writeReport } from '../report.ts';
import { CSV_HEAD, csvLine, differencesIn, tableLine, tableSummary } from '../report-formats.ts';
import { fingerprintOf, isFingerprint, readReportKey } from '../report-key.ts';
import { verifyReport } from '../verify-report.ts';

const USAGE = `npm run proxy -- reconcile --mode live         compare rewards, ledger and Stripe, one to one
    --format table|json|csv                    differences and sums, the signed report, or every line for a spreadsheet
    --report FILE                              write the signed report to FILE as well
npm run proxy -- reconcile --key               print the fingerprint of the key that signs reports
npm run proxy -- reconcile --verify FILE       is this report whole and unchanged? needs no database and no network
    --key FINGERPRINT                          and was it signed by this key?
Exit codes: 0 everything agrees, 1 differences or a report that does not hold, 2 not completed`;

const GOOD = 0;
const DIFFERENT = 1;
const NOT_COMPLETED = 2;
const FORMATS = ['table', 'json', 'csv'] as const;

/** Answers the exit code. */
export async function reconcileCommand(args: string[]): Promise<number> {
  try {
    return await obey(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? sentences(error) : String(error)}\n`);
    return NOT_COMPLETED;
  }
}

const sentences = (error: Error) =>
  error instanceof ProblemError
    ? [error.message, error.extra.detail, error.extra.action].filter((text) => text !== undefined).join(' ')
    : error.message;

async function obey(args: string[]): Promise<number> {
  if (args.length === 1 && args[0] === '--key') return printKey();
  if (args[0] === '--help') {
    process.stdout.write(`${USAGE}\n`);
    return GOOD;
  }
  const { values } = parseArgs({
    args,
    options: {
      mode: { type: 'string' },
      format: { type: 'string', default: 'table' },
      report: { type: 'string' },
      verify: { type: 'string' },
      key: { type: 'string' },
    },
  });
  if (values.verify !== undefined) return verifyFile(values.verify, values.key ?? null);
  const mode = MODES.find((name) => name === values.mode);
  const format = FORMATS.find((name) => name === values.format);
  if (mode === undefined || format === undefined || values.key !== undefined)
    throw new EnvironmentError(`Say which mode, and how.\n${USAGE}`);
  return writeProof(mode, format, values.report ?? null);
}

async function verifyFile(file: string, expected: string | null): Promise<number> {
  if (expected !== null && !isFingerprint(expected))
    throw new EnvironmentError('--key takes the fingerprint that `reconcile --key` prints.');
  const verdict = await verifyReport(createReadStream(file), expected).catch((error: unknown) => ({
    ok: false as const,
    why: `It could not be read: ${error instanceof Error ? error.message : String(error)}`,
  }));
  if (!verdict.ok) {
    process.stdout.write(`The report ${file} does not hold. ${verdict.why}\n`);
    return DIFFERENT;
  }
  const { fingerprint, summary } = verdict;
  process.stdout.write(
    `The report ${file} is whole and unchanged: ${summary.rewards} rewards in ${summary.mode} mode, ` +
      `${differencesIn(summary)} differences, of ${new Date(summary.finishedAt).toISOString()}.\n` +
      (expected === null
        ? `It is signed with the key ${fingerprint}. Compare that with what \`reconcile --key\` prints at the proxy.\n`
        : `It is signed with the key that was expected.\n`),
  );
  return GOOD;
}

async function printKey(): Promise<number> {
  const db = await openDatabase(readEnvironment(process.env).databaseUrl);
  try {
    process.stdout.write(`${fingerprintOf((await readReportKey(db)).publicKey)}\n`);
  } finally {
    await db.destroy();
  }
  return GOOD;
}

async function writeProof(
  mode: Mode,
  format: (typeof FORMATS)[number],
  file: string | null,
): Promise<number> {
  const environment = readEnvironment(process.env);
  // Standard output is the report's.
  const log = createLog('warn', secretsOf(environment), process.stderr);
  const db = await openDatabase(environment.databaseUrl);
  try {
    const parts = await createParts(environment, db, log, () => environment.publicUrl ?? '');
    const context = await reconcileContext(parts, mode);
    const key = await readReportKey(db);
    const report = file === null ? null : createWriteStream(file, { mode: 0o600 });
    let code = NOT_COMPLETED;
    if (format === 'csv') await put(process.stdout, CSV_HEAD);
    for await (const part of writeReport(context, key, (error) => log.error({ err: error }, 'reconcile'))) {
      if (report !== null) await put(report, part.text);
      await put(process.stdout, format === 'json' ? part.text : inFormat(format, part));
      const { line } = part;
      if (line.line === 'summary') code = differencesIn(line) === 0 ? GOOD : DIFFERENT;
      if (line.line === 'incomplete')
        process.stderr.write(`The reconciliation was not completed, so it proves nothing. ${line.detail}\n`);
    }
    if (report !== null) await finished(report.end());
    return code;
  } finally {
    await db.destroy();
  }
}

function inFormat(format: 'table' | 'csv', { line }: ReportPart): string {
  if (line.line === 'reward') return format === 'csv' ? csvLine(line) : tableLine(line);
  return format === 'table' && line.line === 'summary' ? tableSummary(line) : '';
}

/** Waits while the other side is slow, so that nothing piles up here. */
async function put(stream: Writable, text: string): Promise<void> {
  if (text === '' || stream.write(text)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error) => {
      stream.off('drain', settle).off('error', settle);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    stream.once('drain', settle).once('error', settle);
  });
}
