/** Sends bad requests in batches, and judges every answer, and after each batch whether anything changed. */
import fc from 'fast-check';
import pLimit from 'p-limit';
import { type BadBytes, badBytes, partsOf } from './bytes.ts';
import { changes } from './changes.ts';
import { createFindings, type Finding, findSecret, tellsInsides } from './findings.ts';
import { type BadRequest, badRequests, type Document } from './requests.ts';
import { type Answered, createSender } from './send.ts';
import type { Target } from './target.ts';

export type Fuzzed = { requests: number; statuses: Record<string, number>; findings: Finding[] };
type Bad = { request: BadRequest } | { bytes: BadBytes };

const BATCH = 500;
const AT_ONCE = 16;
/** Whatever is found this often is one mistake; what else there is comes out once it is mended. */
const MOST_FINDINGS = 40;

export async function fuzzProxy(
  target: Target,
  { requests, seed, say }: { requests: number; seed: number; say: (line: string) => void },
): Promise<Fuzzed> {
  const document = (await (await fetch(`${target.url}/openapi.json`)).json()) as Document;
  const bad: fc.Arbitrary<Bad> = fc.oneof(
    { weight: 4, arbitrary: badRequests(document, target.known).map((request) => ({ request })) },
    { weight: 1, arbitrary: badBytes.map((bytes) => ({ bytes })) },
  );
  const sender = createSender(target.url, target.tokens);
  const findings = createFindings();
  const statuses: Record<string, number> = {};
  const limit = pLimit(AT_ONCE);

  async function send(one: Bad): Promise<void> {
    const where = 'request' in one ? `${one.request.route}, ${one.request.flaw}` : 'bytes';
    let answered: Answered;
    try {
      answered = await ('request' in one
        ? sender.request(one.request)
        : sender.bytes(partsOf(one.bytes, target.tokens)));
    } catch (error) {
      findings.add('no answer', where, one, String(error));
      return;
    }
    for (const status of answered.statuses.length > 0 ? answered.statuses : ['closed'])
      statuses[status] = (statuses[status] ?? 0) + 1;
    const { text } = answered;
    if (answered.statuses.some((status) => status >= 500)) findings.add('failed', where, one, text);
    if (findSecret(text, target.secrets) !== null) findings.add('told a secret', where, one, text);
    if (tellsInsides(text)) findings.add('told of its insides', where, one, text);
    if (!('request' in one)) return;
    const { must, method } = one.request;
    const [status = 0] = answered.statuses;
    if (must === 'refuse' && (status < 400 || status >= 500)) findings.add('accepted', where, one, text);
    // A page for people, a HEAD, and headers too long for Node itself have none.
    const mayLackCode =
      method === 'HEAD' || status === 431 || one.request.path.startsWith('/v1/connect/callback');
    if (status >= 400 && !mayLackCode && !hasCode(answered)) findings.add('no code', where, one, text);
  }

  let before = await target.dump();
  let done = 0;
  while (done < requests && findings.size() < MOST_FINDINGS) {
    const batch = fc.sample(bad, { seed: seed + done, numRuns: Math.min(BATCH, requests - done) });
    await Promise.all(batch.map((one) => limit(send, one)));
    done += batch.length;
    if (!(await isAlive(target))) {
      findings.add(
        'crashed',
        'the proxy',
        { seed: seed + done - batch.length },
        'It answers nobody any more.',
      );
      break;
    }
    const after = await target.dump();
    const first = JSON.stringify(changes(before, after));
    if (first !== '[]') {
      before = after;
      for (const one of batch) {
        await send(one);
        const now = await target.dump();
        for (const what of changes(before, now)) findings.add('changed something', what.where, one, what.now);
        before = now;
      }
      // Where it does so once only, the batch is all that is known.
      if (!findings.list().some(({ kind }) => kind === 'changed something'))
        findings.add('changed something', 'by one of a batch', { seed: seed + done - batch.length }, first);
    }
    if (done % 10_000 < BATCH) say(`${done} requests, ${findings.size()} findings`);
  }
  sender.close();
  return { requests: done, statuses, findings: findings.list() };
}

function hasCode({ type, text }: Answered): boolean {
  return type.startsWith('application/problem+json') && /"code":"[a-z_]+"/.test(text);
}

async function isAlive({ url }: Target): Promise<boolean> {
  const answer = await fetch(`${url}/healthz`).catch(() => null);
  return answer?.status === 200;
}
