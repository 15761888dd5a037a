import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../sandbox/advocate/graphql-schema.ts';

const directory = process.env.SPECS_DIR ?? resolve(import.meta.dirname, '../../../shared/specs');
const file = resolve(directory, 'advocate.graphql');
const atHand = existsSync(file);
if (!atHand)
  console.warn(`SKIPPED: specification not at hand (${file}). Advocate's schema was not compared.`);

type Inputs = readonly (GraphQLArgument | GraphQLInputField)[];

/** Where our schema says something that the official one does not. */
function differences(ours: GraphQLNamedType, official: GraphQLNamedType | undefined): string[] {
  const at = ours.name;
  if (!official) return [`${at} is not an official type`];
  if (ours.constructor !== official.constructor) return [`${at} is another kind of type`];
  const inputs = (where: string, mine: Inputs, theirs: Inputs) => [
    ...mine.flatMap((input) => {
      const other = theirs.find((t) => t.name === input.name);
      if (!other) return [`${where}.${input.name} is not official`];
      const same = String(other.type) === String(input.type);
      return same ? [] : [`${where}.${input.name} is ${input.type}, officially ${other.type}`];
    }),
    ...theirs
      .filter((t) => String(t.type).endsWith('!') && t.defaultValue === undefined)
      .filter((t) => !mine.some((m) => m.name === t.name))
      .map((t) => `${where}.${t.name} is required officially`),
  ];
  if (isEnumType(ours) && isEnumType(official)) {
    const names = (type: typeof ours) =>
      type
        .getValues()
        .map((v) => v.name)
        .sort()
        .join();
    return names(ours) === names(official) ? [] : [`${at} has other values`];
  }
  if (isInputObjectType(ours) && isInputObjectType(official))
    return inputs(at, Object.values(ours.getFields()), Object.values(official.getFields()));
  if (isUnionType(ours) && isUnionType(official)) {
    const names = (type: typeof ours) => type.getTypes().map(String).sort().join();
    return names(ours) === names(official) ? [] : [`${at} has other members`];
  }
  if ((isObjectType(ours) && isObjectType(official)) || (isInterfaceType(ours) && isInterfaceType(official)))
    return Object.values(ours.getFields()).flatMap((field) => {
      const other = official.getFields()[field.name];
      if (!other) return [`${at}.${field.name} is not official`];
      const same = String(other.type) === String(field.type);
      const kind = same ? [] : [`${at}.${field.name} is ${field.type}, officially ${other.type}`];
      return [...kind, ...inputs(`${at}.${field.name}()`, field.args, other.args)];
    });
  return [];
}

const own = (candidate: typeof schema) =>
  Object.values(candidate.getTypeMap()).filter((type) => !isIntrospectionType(type));

describe.skipIf(!atHand)('Advocate’s official schema', () => {
  const official = atHand ? buildSchema(readFileSync(file, 'utf8'), { assumeValid: true }) : schema;

  test('has every type, field, argument and enum value that the simulator serves', () => {
    expect(own(schema).length).toBeGreaterThan(40);
    expect(own(schema).flatMap((type) => differences(type, official.getType(type.name)))).toEqual([]);
  });

  test('is compared in earnest: a field, a type and a value that it lacks are found', () => {
    const wrong = buildSchema(`
      enum RewardMetaStatus { SUCCESS WARN ERROR PENDING }
      type RewardUnit { key: Int! colour: String }
      type Query { rewardUnit: RewardUnit status: RewardMetaStatus }`);
    const found = own(wrong).flatMap((type) => differences(type, official.getType(type.name)));
    expect(found).toEqual(
      expect.arrayContaining([
        'RewardMetaStatus has other values',
        'RewardUnit.key is Int!, officially String!',
        'RewardUnit.colour is not official',
        'Query.rewardUnit is not official',
      ]),
    );
  });
});
