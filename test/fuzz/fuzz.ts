/** Both together, as `npm run fuzz` does it. */
import type { Finding } from './findings.ts';
import { fuzzProxy } from './fuzz-proxy.ts';
import { fuzzWorker } from './fuzz-worker.ts';
import { startTarget } from './target.ts';
import { startWorker } from './worker.ts';

export type FuzzReport = {
  seed: number;
  requests: number;
  messages: number;
  seconds: number;
  /** Of all answers of the proxy; `closed` where it hung up without one. */
  statuses: Record<string, number>;
  /** Of all replies of the worker, by code. */
  replies: Record<string, number>;
  findings: Finding[];
};
type Options = { seed: number; requests?: number; messages?: number; say?: (line: string) => void };

export async function fuzz({
  seed,
  requests = 100_000,
  messages = 20_000,
  say = () => undefined,
}: Options): Promise<FuzzReport> {
  const began = performance.now();
  const target = await startTarget();
  const proxy = await fuzzProxy(target, { requests, seed, say }).finally(() => undefined);
  const ended = await target.close();
  if (ended !== 0)
    proxy.findings.push({
      kind: 'crashed',
      where: 'the proxy, when told to stop',
      times: 1,
      sent: null,
      answered: `${ended}`,
    });
  const worker = await startWorker();
  const { replies, ...told } = await fuzzWorker(worker, { messages, seed });
  await worker.close();
  return {
    seed,
    requests: proxy.requests,
    messages: told.messages,
    seconds: Math.round((performance.now() - began) / 1000),
    statuses: proxy.statuses,
    replies,
    findings: [...proxy.findings, ...told.findings],
  };
}
