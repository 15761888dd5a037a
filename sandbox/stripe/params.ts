import { stripeDigits } from '../../src/contract/money.ts';
import { badRequest } from './errors.ts';

/** A form-encoded request as Stripe nests it by brackets: `metadata[a]=1`, `expand[]=x`, `created[gte]=5`. */
export type Params = { [name: string]: Value };
export type Value = string | Params;

const isNested = (value: Value | undefined): value is Params => typeof value === 'object';

export function decodeParams(encoded: string): Params {
  const params: Params = Object.create(null);
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = [name.split('[')[0] ?? '', ...[...name.matchAll(/\[([^\]]*)\]/g)].map((m) => m[1] ?? '')];
    const last = path.pop() ?? '';
    let at = params;
    for (const step of path) {
      const next = at[step] ?? Object.create(null);
      if (!isNested(next)) throw badRequest(`Invalid request: ${name} mixes a value and a hash`);
      at[step] = next;
      at = next;
    }
    at[last === '' ? String(Object.keys(at).length) : last] = value;
  }
  return params;
}

/** Takes one parameter apart, or throws the answer Stripe gives for a bad one. */
type Reader<T> = (value: Value, name: string) => T;

/** Reads the parameters an operation knows and refuses every other. Absent ones stay absent. */
export function readParams<S extends Record<string, Reader<unknown>>>(
  params: Params,
  shape: S,
): { [K in keyof S]?: ReturnType<S[K]> } {
  const unknown = Object.keys(params).filter((name) => !(name in shape));
  if (unknown.length > 0) {
    const plural = unknown.length > 1 ? 's' : '';
    throw badRequest(`Received unknown parameter${plural}: ${unknown.join(', ')}`, {
      code: 'parameter_unknown',
      param: unknown[0],
    });
  }
  const read: { [K in keyof S]?: ReturnType<S[K]> } = {};
  for (const name in shape) {
    const value = params[name];
    if (value !== undefined) read[name] = shape[name]?.(value, name) as ReturnType<S[typeof name]>;
  }
  return read;
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw badRequest(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
  return value;
}

function plain(value: Value, name: string): string {
  if (typeof value !== 'string') throw badRequest(`Invalid string: ${name}`, { param: name });
  return value;
}

function capped(value: string, max: number, name: string): string {
  if (value.length > max)
    throw badRequest(`Invalid string: must be at most ${max} characters`, { param: name });
  return value;
}

export const text =
  (max: number): Reader<string> =>
  (value, name) => {
    const string = capped(plain(value, name), max, name);
    if (string === '')
      throw badRequest(`You passed an empty string for '${name}'.`, {
        code: 'parameter_invalid_empty',
        param: name,
      });
    return string;
  };

/** An empty string unsets the field. */
export const clearable =
  (max: number): Reader<string | null> =>
  (value, name) =>
    capped(plain(value, name), max, name) || null;

export const integer: Reader<number> = (value, name) => {
  const string = plain(value, name);
  const number = Number(string);
  if (!/^-?\d+$/.test(string) || !Number.isSafeInteger(number))
    throw badRequest(`Invalid integer: ${string}`, { code: 'parameter_invalid_integer', param: name });
  return number;
};

export const pageSize: Reader<number> = (value, name) => {
  const limit = integer(value, name);
  if (limit < 1 || limit > 100) throw badRequest('Invalid limit: must be from 1 to 100', { param: name });
  return limit;
};

export const currency: Reader<string> = (value, name) => {
  const code = plain(value, name);
  if (!/^[a-z]{3}$/.test(code) || stripeDigits(code.toUpperCase()) === null)
    throw badRequest(`Invalid currency: ${code}`, { param: name });
  return code;
};

export const email: Reader<string | null> = (value, name) => {
  const address = clearable(512)(value, name);
  if (address !== null && !/^[^\s@]+@[^\s@]+$/.test(address))
    throw badRequest(`Invalid email address: ${address}`, { code: 'email_invalid', param: name });
  return address;
};

export const list =
  (max: number): Reader<string[]> =>
  (value, name) => {
    if (!isNested(value)) throw badRequest('Invalid array', { param: name });
    return Object.entries(value).map(([at, entry]) => text(max)(entry, `${name}[${at}]`));
  };

export const hash =
  (fields: readonly string[]): Reader<Record<string, string | null>> =>
  (value, name) => {
    if (!isNested(value)) throw badRequest('Invalid object', { param: name });
    const shape = Object.fromEntries(fields.map((field) => [field, clearable(5000)] as const));
    const read = readParams(value, shape);
    return Object.fromEntries(fields.map((field) => [field, read[field] ?? null]));
  };

/** Changes to metadata: null deletes that key, and `metadata=` alone (here: null) deletes all of them. */
export const metadata: Reader<Record<string, string | null> | null> = (value, name) => {
  if (value === '') return null;
  if (!isNested(value))
    throw badRequest('Invalid metadata: must be a set of key-value pairs', { param: name });
  if (Object.keys(value).length > 50) throw badRequest('Invalid metadata: at most 50 keys', { param: name });
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (key.length > 40) throw badRequest('Invalid metadata key: at most 40 characters', { param: name });
      return [key, clearable(500)(entry, `${name}[${key}]`)];
    }),
  );
};

export function mergeMetadata(
  old: Record<string, string>,
  change: Record<string, string | null> | null,
): Record<string, string> {
  if (change === null) return {};
  const kept = Object.entries({ ...old, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  if (kept.length > 50) throw badRequest('Invalid metadata: at most 50 keys', { param: 'metadata' });
  return Object.fromEntries(kept);
}

/** `created=5` or `created[gte]=5`: answers whether a time is inside. */
export const timeRange: Reader<(time: number) => boolean> = (value, name) => {
  if (!isNested(value)) {
    const exact = integer(value, name);
    return (time) => time === exact;
  }
  const { gt, gte, lt, lte } = readParams(value, { gt: integer, gte: integer, lt: integer, lte: integer });
  return (time) =>
    time > (gt ?? -Infinity) &&
    time >= (gte ?? -Infinity) &&
    time < (lt ?? Infinity) &&
    time <= (lte ?? Infinity);
};

/** `expand[]` with the properties an operation can expand; lists carry a `data.` in front. */
export const expandable =
  (...allowed: string[]): Reader<string[]> =>
  (value, name) => {
    const wanted = list(500)(value, name);
    const wrong = wanted.find((property) => !allowed.includes(property));
    if (wrong !== undefined)
      throw badRequest(`This property cannot be expanded (${wrong}).`, { param: 'expand' });
    return wanted;
  };
