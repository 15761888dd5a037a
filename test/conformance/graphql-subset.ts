import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { type Problem, problem } from './finding.ts';

type Input = GraphQLArgument | GraphQLInputField;
const isRequired = ({ type, defaultValue }: Input) => isNonNullType(type) && defaultValue === undefined;

/**
 * Where a schema offers what the official one does not: a document that it accepts could then be refused there.
 * Leaving types, fields and values out is allowed; what is kept must be the same, nullability and defaults included.
 */
export function subsetProblems(ours: GraphQLSchema, official: GraphQLSchema): Problem[] {
  return Object.values(ours.getTypeMap())
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => typeProblems(type, official.getType(type.name)));
}

function typeProblems(ours: GraphQLNamedType, official: GraphQLNamedType | undefined): Problem[] {
  const at = ours.name;
  if (official === undefined) return [problem(at, 'is no official type')];
  if (ours.astNode?.kind !== official.astNode?.kind) return [problem(at, 'is another kind of type')];
  if (isEnumType(ours) && isEnumType(official))
    return unofficial(at, namesOf(ours.getValues()), namesOf(official.getValues()));
  if (isUnionType(ours) && isUnionType(official))
    return unofficial(at, namesOf(ours.getTypes()), namesOf(official.getTypes()));
  if (isInputObjectType(ours) && isInputObjectType(official))
    return inputProblems(at, Object.values(ours.getFields()), Object.values(official.getFields()));
  if ((isObjectType(ours) && isObjectType(official)) || (isInterfaceType(ours) && isInterfaceType(official)))
    return [
      ...unofficial(`${at} implements`, namesOf(ours.getInterfaces()), namesOf(official.getInterfaces())),
      ...Object.values(ours.getFields()).flatMap((field) =>
        fieldProblems(`${at}.${field.name}`, field, official.getFields()[field.name]),
      ),
    ];
  return [];
}

type AnyField = Pick<GraphQLField<unknown, unknown>, 'type' | 'args'>;

function fieldProblems(at: string, ours: AnyField, official: AnyField | undefined): Problem[] {
  if (official === undefined) return [problem(at, 'is no official field')];
  return [...sameType(at, ours, official), ...inputProblems(`${at}()`, ours.args, official.args)];
}

function inputProblems(at: string, ours: readonly Input[], official: readonly Input[]): Problem[] {
  const find = (list: readonly Input[], name: string) => list.find((input) => input.name === name);
  return [
    ...ours.flatMap((input) => {
      const where = `${at}.${input.name}`;
      const other = find(official, input.name);
      if (other === undefined) return [problem(where, 'is no official input')];
      const defaults = [input, other].map((i) => JSON.stringify(i.defaultValue));
      return [
        ...sameType(where, input, other),
        ...(defaults[0] === defaults[1]
          ? []
          : [problem(where, `defaults to ${defaults[0]}, officially to ${defaults[1]}`)]),
      ];
    }),
    ...official
      .filter((input) => isRequired(input) && find(ours, input.name) === undefined)
      .map((input) => problem(`${at}.${input.name}`, 'is required officially')),
  ];
}

const sameType = (at: string, ours: { type: unknown }, official: { type: unknown }): Problem[] =>
  String(ours.type) === String(official.type)
    ? []
    : [problem(at, `is ${ours.type}, officially ${official.type}`)];

const namesOf = (list: readonly { name: string }[]) => list.map(({ name }) => name);

const unofficial = (at: string, ours: string[], official: string[]): Problem[] =>
  ours.filter((name) => !official.includes(name)).map((name) => problem(`${at}.${name}`, 'is not official'));
