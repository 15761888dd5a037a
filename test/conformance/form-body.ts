import { type Fields, isFields } from './finding.ts';

type Nested = { [name: string]: string | Nested };

/** Stripe's form encoding, nested by brackets: `metadata[a]=1`, `expand[0]=x`, `created[gte]=5`. */
export function decodeForm(encoded: string): Nested {
  const decoded: Nested = {};
  for (const [name, value] of new URLSearchParams(encoded)) {
    const path = name.split(/\[|\]\[|\]/).filter((step, at) => step !== '' || at === 0);
    const isList = name.endsWith('[]');
    const last = isList ? null : (path.pop() ?? '');
    let at = decoded;
    for (const step of path) {
      const next = at[step];
      const inner: Nested = typeof next === 'object' ? next : {};
      at[step] = inner;
      at = inner;
    }
    at[last ?? String(Object.keys(at).length)] = value;
  }
  return decoded;
}

/**
 * A form knows only texts. Gives each the type that its schema names where the text can be read as one, and leaves it
 * a text otherwise, so that the schema refuses it: `12.5` becomes a number that is no integer, `abc` stays `abc`.
 */
export function coerce(value: unknown, schema: unknown): unknown {
  if (!isFields(schema)) return value;
  if (Array.isArray(schema.anyOf)) {
    const wanted = schema.anyOf.find((option) => fits(value, option));
    return wanted === undefined ? value : coerce(value, wanted);
  }
  if (typeof value === 'string') {
    if ((schema.type === 'integer' || schema.type === 'number') && /^-?\d+(\.\d+)?$/.test(value))
      return Number(value);
    if (schema.type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
    return value;
  }
  if (!isFields(value)) return value;
  if (schema.type === 'array') return Object.values(value).map((item) => coerce(item, schema.items));
  const properties: Fields = isFields(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      coerce(item, properties[name] ?? schema.additionalProperties),
    ]),
  );
}

function fits(value: unknown, option: unknown): boolean {
  if (!isFields(option)) return false;
  if (isFields(value)) return option.type === 'object' || option.type === 'array';
  if (Array.isArray(option.enum)) return option.enum.includes(value);
  return option.type !== 'object' && option.type !== 'array';
}
