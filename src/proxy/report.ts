/** The signed report: NDJSON whose last line signs every byte before it. */
import { createHash, sign } from 'node:crypto';
import type { ReportLine } from '../contract/reconciliation.ts';
import { AdvocateError } from './advocate-error.ts';
import { createDifferences, noteReconciled } from './last-reconcile.ts';
import { type ReconcileContext, reconcile } from './reconcile.ts';
import { derOf, type ReportKey } from './report-key.ts';
import { StripeFailureError } from './stripe-failure.ts';

/** `text` is the line with its end; the signature covers these very bytes. */
export type ReportPart = { line: ReportLine; text: string };

/** Whoever waits for the next line gives up after a while, so that a long silence is broken. */
const SILENCE_MS = 5000;

/**
 * A report that could not be completed ends with a line that says so, without summary and signature: it can never be
 * taken for a good one.
 */
export async function* writeReport(
  context: ReconcileContext,
  key: ReportKey,
  onError: (error: unknown) => void,
  silenceMs: number = SILENCE_MS,
): AsyncGenerator<ReportPart> {
  const digest = createHash('sha256');
  const write = (line: ReportLine): ReportPart => {
    const text = `${JSON.stringify(line)}\n`;
    digest.update(text);
    return { line, text };
  };
  const { mode, tenant, stripe } = context;
  const startedAt = context.now();
  yield write({
    line: 'head',
    format: 1,
    mode,
    tenant,
    account: stripe.account,
    startedAt,
  });
  const told = { rewards: 0, transactions: 0 };
  const differences = createDifferences();
  try {
    for await (const step of withTicks(reconcile(context, startedAt), silenceMs)) {
      if (step === TICK) yield write({ line: 'progress', ...told });
      else if ('read' in step) Object.assign(told, step.read);
      else if ('line' in step) {
        differences.add(step.line);
        yield write({ line: 'reward', ...step.line });
      } else {
        yield write({ line: 'summary', ...step.summary });
        const sha256 = digest.digest();
        yield signatureLine(sha256, key);
        const last = { at: step.summary.finishedAt, ...differences.result() };
        await noteReconciled(context.db, mode, last).catch(onError);
      }
    }
  } catch (error) {
    onError(error);
    yield write({ line: 'incomplete', detail: whyNot(error) });
  }
}

function signatureLine(sha256: Buffer, { privateKey, publicKey }: ReportKey): ReportPart {
  const line = {
    line: 'signature',
    algorithm: 'Ed25519',
    sha256: sha256.toString('hex'),
    publicKey: derOf(publicKey).toString('base64'),
    signature: sign(null, sha256, privateKey).toString('base64'),
  } as const;
  return { line, text: `${JSON.stringify(line)}\n` };
}

function whyNot(error: unknown): string {
  if (error instanceof StripeFailureError) return `Stripe could not be read: ${error.message}`;
  if (error instanceof AdvocateError) return `Advocate could not be read: ${error.message}`;
  return 'The proxy failed at something it should not fail at; its log says more.';
}

const TICK: unique symbol = Symbol('tick');

/** The items, and a tick wherever the next one takes longer than `ms`. */
async function* withTicks<T>(items: AsyncGenerator<T>, ms: number): AsyncGenerator<T | typeof TICK> {
  try {
    for (;;) {
      const next = items.next();
      let item = await within(next, ms);
      while (item === TICK) {
        yield TICK;
        item = await within(next, ms);
      }
      if (item.done) return;
      yield item.value;
    }
  } finally {
    // Whoever reads the report may go away in the middle.
    await items.return(undefined);
  }
}

async function within<T>(next: Promise<T>, ms: number): Promise<T | typeof TICK> {
  let timer: NodeJS.Timeout | undefined;
  const tick = new Promise<typeof TICK>((resolve) => {
    timer = setTimeout(resolve, ms, TICK);
  });
  return Promise.race([next, tick]).finally(() => clearTimeout(timer));
}
