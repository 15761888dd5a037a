import { randomUUID } from 'node:crypto';

export const FAULTS = [
  'reset-before',
  'reset-after-commit',
  'timeout',
  'error-500',
  'error-500-after-commit',
  'html-502',
  'rate-limited',
  'unauthorized',
  'stale-read',
  'webhook-duplicate',
  'webhook-reorder',
  'webhook-signature',
  'webhook-unknown-key',
  'webhook-stale',
  'webhook-lost',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export type Fault = {
  fault: FaultKind;
  method?: string;
  path?: RegExp;
  /** `operationName` of a GraphQL request. */
  operation?: string;
  /** How often it strikes; 1 unless told, `Infinity` until cleared. */
  times?: number;
  /** Lets so many matching requests through first. */
  after?: number;
  /** `rate-limited`: seconds in `Retry-After`; none is sent without it, since Advocate documents none. */
  retryAfter?: number;
  /** `stale-read`: how far reads lag behind writes. `webhook-stale`: how long ago it says that it was made. */
  staleMs?: number;
};

type Armed = Fault & { id: string; left: number; skip: number };
export type Seen = { method: string; path: string; operation: string | null };

/** The faults that were asked for; each strikes the requests that it names, in the order asked. */
export class Faults {
  #armed: Armed[] = [];

  inject(fault: Fault): string {
    const id = randomUUID();
    this.#armed.push({ ...fault, id, left: fault.times ?? 1, skip: fault.after ?? 0 });
    return id;
  }

  clear(): void {
    this.#armed = [];
  }

  list(): (Omit<Fault, 'path'> & { id: string; left: number; path?: string })[] {
    return this.#armed.map(({ path, skip, ...rest }) => ({
      ...rest,
      after: skip,
      ...(path && { path: path.source }),
    }));
  }

  has(kind: FaultKind): boolean {
    return this.#armed.some((f) => f.fault === kind);
  }

  /** The fault that strikes this request, used up by one. */
  strike(seen: Seen): Fault | null {
    const armed = this.#armed.find(
      (f) =>
        !f.fault.startsWith('webhook-') &&
        (f.method === undefined || f.method.toUpperCase() === seen.method) &&
        (f.path === undefined || f.path.test(seen.path)) &&
        (f.operation === undefined || f.operation === seen.operation),
    );
    return armed ? this.#use(armed) : null;
  }

  strikeWebhook(kind: FaultKind): Fault | null {
    const armed = this.#armed.find((f) => f.fault === kind);
    return armed === undefined ? null : this.#use(armed);
  }

  #use(armed: Armed): Fault | null {
    if (armed.skip > 0) {
      armed.skip -= 1;
      return null;
    }
    armed.left -= 1;
    if (armed.left <= 0) this.#armed = this.#armed.filter((f) => f !== armed);
    return armed;
  }
}

const optional = <T>(body: Record<string, unknown>, key: string, is: (value: unknown) => value is T) => {
  const value = body[key];
  if (value === undefined) return undefined;
  if (!is(value)) throw new TypeError(`${key} is not of the right kind.`);
  return value;
};
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && value >= 0;

/** A fault as it comes over HTTP: the path is the source of a regular expression. */
export function readFault(body: unknown): Fault {
  if (typeof body !== 'object' || body === null) throw new TypeError('A fault is an object.');
  const fields: Record<string, unknown> = { ...body };
  const fault = FAULTS.find((kind) => kind === fields.fault);
  if (!fault) throw new TypeError(`fault is one of: ${FAULTS.join(', ')}.`);
  const path = optional(fields, 'path', isText);
  const read = {
    method: optional(fields, 'method', isText),
    operation: optional(fields, 'operation', isText),
    times: optional(fields, 'times', isNumber),
    after: optional(fields, 'after', isNumber),
    retryAfter: optional(fields, 'retryAfter', isNumber),
    staleMs: optional(fields, 'staleMs', isNumber),
    path: path === undefined ? undefined : new RegExp(path),
  };
  const given = Object.entries(read).filter(([, value]) => value !== undefined);
  return { fault, ...Object.fromEntries(given) };
}
