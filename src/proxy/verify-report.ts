/** Is this report what a proxy signed, whole and unchanged? Needs neither database nor network; reads as it comes. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { type ReconcileSummary, ReportLine } from '../contract/reconciliation.ts';
import { createSums } from './reconcile-sums.ts';
import { derOf, fingerprintOf, sameFingerprint } from './report-key.ts';

export type ReportVerdict =
  | { ok: true; summary: ReconcileSummary; fingerprint: string }
  | { ok: false; why: string };
type Line<K extends ReportLine['line']> = Extract<ReportLine, { line: K }>;

const NEWLINE = 10;
/** Far above any line of ours. */
const LONGEST_LINE = 64 * 1024;
/** Why a report is refused. */
class Refused extends Error {}

/** @param expected the fingerprint of the key that must have signed; null takes any, which then has to be compared. */
export async function verifyReport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  expected: string | null,
): Promise<ReportVerdict> {
  try {
    const { summary, publicKey } = await readReport(chunks);
    const fingerprint = fingerprintOf(publicKey);
    if (expected !== null && !sameFingerprint(fingerprint, expected))
      return { ok: false, why: `It is signed with another key: ${fingerprint}, not ${expected}.` };
    return { ok: true, summary, fingerprint };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, why: error.message };
    throw error;
  }
}

async function readReport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<{ summary: ReconcileSummary; publicKey: KeyObject }> {
  const digest = createHash('sha256');
  const sums = createSums();
  let number = 0;
  let head: Line<'head'> | null = null;
  let summary: Line<'summary'> | null = null;
  let publicKey: KeyObject | null = null;

  for await (const bytes of linesOf(chunks)) {
    number += 1;
    if (publicKey !== null) throw new Refused('Something stands behind its signature.');
    const line = parse(bytes, number);
    if ((head === null) !== (line.line === 'head')) throw new Refused('Its head is missing or stands twice.');
    if (line.line === 'incomplete') throw new Refused(`It was never completed. ${line.detail}`);
    if (line.line === 'signature') {
      if (summary === null) throw new Refused('It has no summary.');
      publicKey = checkSignature(line, bytes, digest.digest());
      continue;
    }
    if (summary !== null) throw new Refused('Something stands between its summary and its signature.');
    digest.update(bytes);
    if (line.line === 'head') head = line;
    else if (line.line === 'summary') summary = line;
    else if (line.line === 'reward') sums.add(line);
  }
  if (head === null || summary === null || publicKey === null)
    throw new Refused('It is not complete: its end with summary and signature is missing.');
  checkSummary(summary, head, sums.result());
  const { line: _, ...rest } = summary;
  return { summary: rest, publicKey };
}

/** Each line with its end. Whatever follows the last line end belongs to no line. */
async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes: Uint8Array = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    // A copy, so that the chunk it is part of can go.
    rest = bytes.slice(start);
    if (rest.length > LONGEST_LINE) throw new Refused('It has a line that is too long for a report.');
  }
  if (rest.length > 0) throw new Refused('It is cut off: its last line has no end.');
}

function parse(bytes: Uint8Array, number: number): ReportLine {
  let said: unknown;
  try {
    said = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refused(`Line ${number} is not JSON.`);
  }
  const line = v.safeParse(ReportLine, said);
  if (!line.success) throw new Refused(`Line ${number} is not a line of a report.`);
  return line.output;
}

function checkSignature(line: Line<'signature'>, bytes: Uint8Array, sha256: Buffer): KeyObject {
  const key = Buffer.from(line.publicKey, 'base64');
  const signature = Buffer.from(line.signature, 'base64');
  // Base64 and JSON can spell the same in many ways; only the one that the proxy writes is taken.
  const spelled = { ...line, publicKey: key.toString('base64'), signature: signature.toString('base64') };
  if (!Buffer.from(`${JSON.stringify(spelled)}\n`).equals(bytes))
    throw new Refused('Its last line is not spelled as the proxy writes it.');
  if (line.sha256 !== sha256.toString('hex'))
    throw new Refused('It was changed after it was signed: its digest differs.');
  const publicKey = readKey(key);
  if (publicKey === null || !verify(null, sha256, publicKey, signature))
    throw new Refused('Its signature is not of this key and this content.');
  return publicKey;
}

function readKey(der: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && derOf(key).equals(der) ? key : null;
  } catch {
    return null;
  }
}

/** A proxy that miscounted would sign that as well. */
function checkSummary(
  summary: Line<'summary'>,
  head: Line<'head'>,
  counted: ReturnType<ReturnType<typeof createSums>['result']>,
): void {
  const { rewards, findings, credited, reversed } = summary;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (!same({ rewards, findings, credited, reversed }, counted))
    throw new Refused('Its summary does not add up to its lines.');
  const about = ({ mode, tenant, account, startedAt }: typeof head | typeof summary) => [
    mode,
    tenant,
    account,
    startedAt,
  ];
  if (!same(about(head), about(summary)))
    throw new Refused('Its head and its summary are not about the same.');
}
