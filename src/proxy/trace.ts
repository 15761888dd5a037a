/**
 * Which request a log line belongs to, in the fields that OpenTelemetry's log model has for it, without every line being
 * told: `trace_id` is the caller's where its `traceparent` names one (w3.org/TR/trace-context), `span_id` is ours.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';

export type Trace = {
  requestId: string;
  trace_id: string;
  span_id: string;
  trace_flags: string;
  parent_span_id?: string;
};

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;
/** What our own extension sends; anything else could be made to look like something in a log. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const current = new AsyncLocalStorage<Trace>();

export function traceOf(header: (name: string) => string | undefined): Trace {
  const [, traceId, parent, flags] = header('traceparent')?.match(TRACEPARENT) ?? [];
  const requestId = header('x-request-id');
  return {
    requestId: requestId !== undefined && UUID.test(requestId) ? requestId : randomUUID(),
    trace_id: traceId ?? randomBytes(16).toString('hex'),
    span_id: randomBytes(8).toString('hex'),
    trace_flags: flags ?? '00',
    ...(parent !== undefined && { parent_span_id: parent }),
  };
}

export const within = <T>(trace: Trace, work: () => T): T => current.run(trace, work);

/** What every log line of the request under way carries; a copy, since the log writes its own into it. */
export const traceNow = (): Partial<Trace> => ({ ...current.getStore() });
