import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Fields, isFields, parseJson } from './finding.ts';

/** The official schemas that this repository may not carry. Null where they are not at hand. */
export type Specifications = {
  stripe: Fields | null;
  stripeExamples: Fields | null;
  advocateGraphQL: string | null;
};

const BESIDE_THE_REPOSITORY = fileURLToPath(new URL('../../../shared/specs', import.meta.url));

export function readSpecifications(folder = process.env.SPECS_DIR ?? BESIDE_THE_REPOSITORY): Specifications {
  const read = (name: string) => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
  const readObject = (name: string) => {
    const text = read(name);
    return text === null ? null : asFields(parseJson(text), name);
  };
  return {
    stripe: readObject('stripe-customers.openapi.json'),
    stripeExamples: readObject('stripe-fixtures.json'),
    advocateGraphQL: read('advocate.graphql'),
  };
}

const ADVOCATE = dirname(createRequire(import.meta.url).resolve('@saasquatch/schema/package.json'));

/** Advocate's REST definition (Swagger 2.0), from npm. */
export function readAdvocateRest(): Fields {
  const file = 'yaml/saasquatch-api.yaml';
  const definition = asFields(parse(readFileSync(join(ADVOCATE, file), 'utf8')), file);
  // It leaves custom fields open; how they may be is told by a schema of their own.
  const { $schema: _, ...customFields } = readAdvocateSchema('UserCustomFields');
  const definitions = asFields(definition.definitions, file);
  for (const name of ['OpenUserStub', 'OpenUser', 'UserPII']) {
    const { properties } = asFields(definitions[name], name);
    asFields(properties, name).customFields = customFields;
  }
  return definition;
}

/** One of Advocate's JSON schemas, from npm. */
export const readAdvocateSchema = (name: string): Fields =>
  asFields(parseJson(readFileSync(join(ADVOCATE, 'json', `${name}.schema.json`), 'utf8')), name);

function asFields(value: unknown, name: string): Fields {
  if (isFields(value)) return value;
  throw new Error(`${name} is not the specification that it should be.`);
}
