import { createHash } from 'node:crypto';
import type { Caller } from './auth.ts';
import { badRequest, keyInUse, keyReused } from './errors.ts';
import type { Simulation } from './simulation.ts';
import type { IdempotencyRecord } from './state.ts';

export type Attempt = { key: string; requestId: string; method: string; path: string; body: string };

/** The order of parameters does not make another request. */
function fingerprint(body: string): string {
  const sorted = [...new URLSearchParams(body)].sort(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** Keys live per account and mode: https://docs.stripe.com/api/idempotent_requests */
const placeOf = (caller: Caller, key: string) => `${caller.account.id}/${caller.mode}/${key}`;

export function checkKey(key: string | undefined): string | null {
  if (!key) return null;
  if (key.length > 255) throw badRequest('Idempotency-Key is too long: at most 255 characters are allowed.');
  return key;
}

/**
 * The earlier answer when the request is a repetition. Refuses other parameters under the same key, and a
 * repetition while the first still runs. A key past its time is forgotten, and the request is new again.
 */
export function earlierAnswer(sim: Simulation, caller: Caller, attempt: Attempt): IdempotencyRecord | null {
  const place = placeOf(caller, attempt.key);
  const record = sim.state.idempotency[place];
  if (!record) return null;
  if (record.answer && sim.now() >= record.at + sim.settings.pruneAfterMs) {
    delete sim.state.idempotency[place];
    return null;
  }
  const same =
    record.method === attempt.method &&
    record.path === attempt.path &&
    record.fingerprint === fingerprint(attempt.body);
  if (!same) throw keyReused(attempt.key);
  if (!record.answer) throw keyInUse(attempt.key);
  return record;
}

/** Execution begins: from here on the key has an answer, or is in use until there is one. */
export function begin(sim: Simulation, caller: Caller, attempt: Attempt) {
  const place = placeOf(caller, attempt.key);
  const { key, requestId, method, path } = attempt;
  const record: IdempotencyRecord = {
    key,
    account: caller.account.id,
    mode: caller.mode,
    requestId,
    method,
    path,
    fingerprint: fingerprint(attempt.body),
    at: sim.now(),
    answer: null,
  };
  sim.state.idempotency[place] = record;
  return {
    save: (status: number, body: string) => {
      record.answer = { status, body };
    },
    /** The simulator itself failed: nothing may be replayed. */
    forget: () => {
      delete sim.state.idempotency[place];
    },
  };
}
