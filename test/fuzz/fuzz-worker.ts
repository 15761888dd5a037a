/** Sends bad messages to the worker, and judges every reply, and after each batch whether anything changed. */
import fc from 'fast-check';
import * as v from 'valibot';
import { Problem } from '../../src/contract/problems.ts';
import { changes } from './changes.ts';
import { createFindings, type Finding, findSecret, tellsInsides } from './findings.ts';
import { type BadMessage, badMessages } from './messages.ts';
import type { WorkerTarget } from './worker.ts';

export type FuzzedWorker = { messages: number; replies: Record<string, number>; findings: Finding[] };

const BATCH = 250;
const MOST_FINDINGS = 40;

export async function fuzzWorker(
  target: WorkerTarget,
  { messages, seed }: { messages: number; seed: number },
): Promise<FuzzedWorker> {
  const findings = createFindings();
  const replies: Record<string, number> = {};

  async function send(bad: BadMessage): Promise<void> {
    const told = { flaw: bad.flaw, sender: bad.sender, message: fc.stringify(bad.message) };
    const { name } = Object(bad.message) as { name?: unknown };
    const where = `${bad.flaw}: ${typeof name === 'string' ? name.slice(0, 40) : typeof bad.message}`;
    try {
      const reply = await target.say(bad.message, bad.sender);
      const text = JSON.stringify(reply);
      if (reply.ok) findings.add('accepted', where, told, text);
      else {
        replies[reply.problem.code] = (replies[reply.problem.code] ?? 0) + 1;
        if (!v.is(Problem, reply.problem)) findings.add('no code', where, told, text);
        if (reply.problem.status >= 500) findings.add('failed', where, told, text);
      }
      if (findSecret(text, target.secrets) !== null) findings.add('told a secret', where, told, text);
      if (tellsInsides(text)) findings.add('told of its insides', where, told, text);
    } catch (error) {
      findings.add('crashed', where, told, String(error));
    }
  }

  let before = await target.dump();
  let done = 0;
  while (done < messages && findings.size() < MOST_FINDINGS) {
    const batch = fc.sample(badMessages, { seed: seed + done, numRuns: Math.min(BATCH, messages - done) });
    await Promise.all(batch.map(send));
    done += batch.length;
    const after = await target.dump();
    const first = JSON.stringify(changes(before, after));
    if (first !== '[]') {
      before = after;
      for (const bad of batch) {
        await send(bad);
        const now = await target.dump();
        for (const { where, now: row } of changes(before, now))
          findings.add('changed something', `${where}, by ${bad.flaw}`, fc.stringify(bad), row);
        before = now;
      }
      if (!findings.list().some(({ kind }) => kind === 'changed something'))
        findings.add('changed something', 'by one of a batch', { seed: seed + done - batch.length }, first);
    }
  }
  return { messages: done, replies, findings: findings.list() };
}
