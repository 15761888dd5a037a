/** Values that a JSON schema allows, the nastier the better, and values that it does not. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';

export type Schema = {
  type?: string;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  anyOf?: Schema[];
};

/** Text that some part behind the proxy may take for something else. */
const NASTY = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\u202e\u2066',
  '\ufeff',
  '👩‍👩‍👧‍👦',
  'İı',
  ' ',
  '\t\r\n',
  '"',
  '\\',
  "' or 1=1 --",
  '") or ("1"="1',
  "email:'a' OR name~'b'",
  '%',
  '%00',
  '%zz',
  '_%',
  '*',
  '..',
  '../../etc/passwd',
  '//evil.example/',
  '{}',
  '[]',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e309',
  '__proto__',
  'constructor',
  'toString',
  '{{7*7}}',
  '<script>alert(1)</script>',
  'a\r\nset-cookie: b=c',
  'cus_',
  'eyJiYXNpcyI6IngiLCJwbGFjZSI6bnVsbH0',
  'eyJiYXNpcyI6MX0',
  'bnVsbA',
  'W10',
];

export const nastyText = (max = 2000): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
      { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(...NASTY).map((one) => one.repeat(64)) },
      { weight: 1, arbitrary: fc.constant('x'.repeat(max)) },
      { weight: 1, arbitrary: fc.constantFrom('é', '𝒳').map((one) => one.repeat(260)) },
    )
    .map((text) => text.slice(0, max));

function textOf({ pattern, format, minLength = 0, maxLength = 2000 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  // Long ones are as good as short ones, and take their time.
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern.replace(/\{1,(\d{2,})\}/g, '{1,20}')));
  return nastyText(maxLength).map((text) => (text.length < minLength ? 'x'.repeat(minLength) : text));
}

function objectOf(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const own = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, allowedBy(one)])),
    { requiredKeys: required },
  );
  if (typeof additionalProperties !== 'object') return own;
  return fc.dictionary(textOf(propertyNames ?? {}), allowedBy(additionalProperties), { maxKeys: 4 });
}

export function allowedBy(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(allowedBy));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({
        min: schema.minimum ?? Number.MIN_SAFE_INTEGER,
        max: schema.maximum ?? Number.MAX_SAFE_INTEGER,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(allowedBy(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`No values are known for the schema ${JSON.stringify(schema)}.`);
  }
}

/** What stands where something else should. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, -1e-7, '', [], {}, [[]], [null]),
  nastyText(),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(null).map(() => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown),
);
const NAMES = ['amount', 'currency', 'mode', 'role', 'dryrun', '__proto__', 'constructor', 'toString', ''];

/** One thing in it is not as it was: gone, another, too many, or one more than anybody knows. */
export function changed(value: unknown, where: number, how: number, other: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[where % Math.max(keys.length, 1)];
  if (how === 0 || key === undefined) return withKey(value, name, other);
  if (Array.isArray(value) && how === 1) return Array.from({ length: 120 }, () => value[0] ?? other);
  const below: unknown = Reflect.get(value, key);
  const deeper = typeof below === 'object' && below !== null && how > 3;
  const rest = Object.fromEntries(Object.entries(value).filter(([one]) => one !== key));
  if (how === 2) return Array.isArray(value) ? [] : rest;
  const put = deeper ? changed(below, where >> 2, how - 4, other, name) : other;
  return Array.isArray(value)
    ? value.map((one, at) => (String(at) === key ? put : one))
    : withKey(rest, key, put);
}

/** `__proto__` too becomes a key like any other, as it is in JSON. */
function withKey(value: object, key: string, put: unknown): object {
  const copy = Array.isArray(value) ? { ...value } : { ...value };
  Object.defineProperty(copy, key, { value: put, enumerable: true, configurable: true, writable: true });
  return copy;
}

const ajv = new Ajv2020({ strict: false, logger: false });
formats.default(ajv);

/** Judged by another library than the proxy's. */
export function refuserOf(schema: Schema): (value: unknown) => boolean {
  const allows = ajv.compile(schema);
  return (value) => !allows(value);
}

export function forbiddenBy(schema: Schema): fc.Arbitrary<unknown> {
  const isForbidden = refuserOf(schema);
  const spoiled = fc
    .tuple(allowedBy(schema), fc.nat(64), fc.nat(8), anyJson, fc.constantFrom(...NAMES))
    .map(([value, where, how, other, name]) => changed(value, where, how, other, name));
  return fc
    .oneof({ weight: 4, arbitrary: spoiled }, { weight: 1, arbitrary: anyJson })
    .filter((value) => isForbidden(JSON.parse(JSON.stringify(value))));
}
