import * as v from 'valibot';

/**
 * What can be made to go wrong, by number:
 *   transport  F1 reset before the request is read · F2 reset after commit, before headers · F3 half the answer,
 *              then a stall and a cut · F5 500, nothing executed or saved · F26 the same with Stripe-Should-Retry:
 *              false · F27 HTML 502 of an intermediary · F28 307 to elsewhere
 *   Stripe     F4 no answer, commits late · F6 500 saved, nothing executed · F7 500 saved after commit · F8 409 key
 *              in use · F9 429 rate limit · F10 429 lock timeout · F11 400 idempotency error · F12 saved 400 · F14
 *              access revoked for good · F16 404 other mode · F17 customer deleted just before
 */
export const TRANSPORT_FAULTS = ['F1', 'F2', 'F3', 'F5', 'F26', 'F27', 'F28'] as const;
export const STRIPE_FAULTS = [
  'F4',
  'F6',
  'F7',
  'F8',
  'F9',
  'F10',
  'F11',
  'F12',
  'F14',
  'F16',
  'F17',
] as const;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const FaultRequest = v.strictObject({
  fault: v.picklist([...TRANSPORT_FAULTS, ...STRIPE_FAULTS]),
  method: v.optional(v.picklist(['GET', 'POST', 'DELETE'])),
  /** Matched against the path. Over HTTP it is the source of a regular expression. */
  path: v.optional(
    v.union([
      v.instance(RegExp),
      v.pipe(
        v.string(),
        v.check((source) => {
          try {
            return new RegExp(source) instanceof RegExp;
          } catch {
            return false;
          }
        }, 'path must be a regular expression'),
      ),
    ]),
  ),
  /** How many requests it hits. */
  times: v.optional(count, 1),
  /** How many matching requests pass before it. */
  after: v.optional(count, 0),
  /** F4: milliseconds until the commit; without it the commit comes when the client has gone. */
  lateMs: v.optional(count),
  /** F3: milliseconds between half the answer and the cut. */
  stallMs: v.optional(count, 100),
  /** F26, F27, F28: whether the request is executed although the answer says otherwise. */
  commit: v.optional(v.boolean(), false),
  /** F9: the reason header. */
  reason: v.optional(
    v.picklist(['global-rate', 'endpoint-rate', 'global-concurrency', 'endpoint-concurrency']),
    'endpoint-rate',
  ),
  /** F12: the text of the saved refusal. */
  message: v.optional(v.string()),
});

export type FaultInput = v.InferInput<typeof FaultRequest>;
export type Fault = v.InferOutput<typeof FaultRequest>;
export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  let waiting: Fault[] = [];
  return {
    inject(input: FaultInput) {
      waiting.push(v.parse(FaultRequest, input));
    },
    clear() {
      waiting = [];
    },
    /** The first fault meant for this request, counted down. */
    take(method: string, path: string, kinds: readonly string[]): Fault | null {
      for (const fault of waiting) {
        if (!kinds.includes(fault.fault) || (fault.method && fault.method !== method)) continue;
        if (fault.path && !new RegExp(fault.path).test(path)) continue;
        if (fault.times === 0) continue;
        if (fault.after > 0) {
          fault.after -= 1;
          continue;
        }
        fault.times -= 1;
        return fault;
      }
      return null;
    },
  };
}
