/** The moments at which the proxy is killed, and its process for as long as a test lasts. */
import { onTestFinished } from 'vitest';
import type { LedgerPoint } from '../../src/contract/words.ts';
import type { openGate } from './gate.ts';
import { letLocksRunOut, type ProxyProcess, startChild, withDatabase } from './proxy-child.ts';

export { letLocksRunOut, type ProxyProcess, withDatabase };

/** Resolves when it listens, and ends with the test. */
export async function startProcess(env: Record<string, string | undefined>): Promise<ProxyProcess> {
  const child = await startChild(env);
  onTestFinished(child.kill);
  return child;
}

type Gate = Awaited<ReturnType<typeof openGate>>;
const isCredit = (method: string, url: string) => method === 'POST' && url.endsWith('/balance_transactions');
const isRedeem = (_: string, url: string) => url.endsWith('/redeem');
const isNote = (_: string, __: string, body: string) => body.includes('upsertRewardMeta');

/** At each recovery point: before the next request has reached the other side, and after it has been done there. */
export const MOMENTS: [
  what: string,
  point: LedgerPoint,
  upstream: 'stripe' | 'advocate',
  moment: 'before' | 'after',
  matches: Parameters<Gate['hold']>[1],
][] = [
  ['claimed, the credit on its way', 'claimed', 'stripe', 'before', isCredit],
  ['claimed, the credit made, its answer not read', 'claimed', 'stripe', 'after', isCredit],
  ['credited, the redemption on its way', 'credited', 'advocate', 'before', isRedeem],
  ['credited, redeemed at Advocate, its answer not read', 'credited', 'advocate', 'after', isRedeem],
  ['redeemed, the note on its way', 'redeemed', 'advocate', 'before', isNote],
  ['redeemed, the note written, its answer not read', 'redeemed', 'advocate', 'after', isNote],
];
