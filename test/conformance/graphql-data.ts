import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  Kind,
  type SelectionNode,
} from 'graphql';
import { type Fields, isFields, type Problem, problem } from './finding.ts';

/** Where the data of an answer is not what the official schema promises for the document that was sent. */
export function dataProblems(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
  data: Fields,
  hasErrors: boolean,
): Problem[] {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return [problem('request.operationName', 'names no operation of the document')];
  const fragments = new Map(
    document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d]] : [])),
  );
  const walk: Walk = { schema, fragments, hasErrors };
  return objectProblems(walk, root.name, operation.selectionSet.selections, data, 'answer.data');
}

type Walk = {
  schema: GraphQLSchema;
  fragments: Map<string, FragmentDefinitionNode>;
  /** An error empties the field it belongs to. */
  hasErrors: boolean;
};
type Asked = { type: GraphQLOutputType | null; selections: SelectionNode[] };

/** What was asked of an object of this type, fragments unfolded, by the key it comes back under. */
function askedOf(
  walk: Walk,
  typeName: string,
  selections: readonly SelectionNode[],
  into: Map<string, Asked>,
) {
  const type = walk.schema.getType(typeName);
  const applies = (condition: string | undefined): boolean => {
    const other = condition === undefined ? undefined : walk.schema.getType(condition);
    if (other === undefined || condition === typeName) return true;
    return isAbstractType(other) && isObjectType(type) && walk.schema.isSubType(other, type);
  };
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
      const asked = into.get(key) ?? { type: fields[selection.name.value]?.type ?? null, selections: [] };
      asked.selections.push(...(selection.selectionSet?.selections ?? []));
      into.set(key, asked);
      continue;
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : walk.fragments.get(selection.name.value);
    if (inner && applies(inner.typeCondition?.name.value))
      askedOf(walk, typeName, inner.selectionSet.selections, into);
  }
  return into;
}

function objectProblems(
  walk: Walk,
  typeName: string,
  selections: readonly SelectionNode[],
  value: Fields,
  where: string,
): Problem[] {
  const concrete = typeof value.__typename === 'string' ? value.__typename : typeName;
  const asked = askedOf(walk, concrete, selections, new Map());
  return [
    ...Object.keys(value)
      .filter((key) => !asked.has(key))
      .map((key) => problem(`${where}.${key}`, 'was not asked for')),
    ...[...asked].flatMap(([key, { type, selections: inner }]) => {
      if (!(key in value)) return [problem(`${where}.${key}`, 'was asked for and is missing')];
      return type === null ? [] : valueProblems(walk, type, inner, value[key], `${where}.${key}`);
    }),
  ];
}

function valueProblems(
  walk: Walk,
  type: GraphQLOutputType,
  selections: readonly SelectionNode[],
  value: unknown,
  where: string,
): Problem[] {
  if (isNonNullType(type))
    return value === null
      ? [problem(where, `is null, officially ${type}`)]
      : valueProblems(walk, type.ofType, selections, value, where);
  if (value === null) return [];
  if (isListType(type))
    return Array.isArray(value)
      ? value.flatMap((item, i) => valueProblems(walk, type.ofType, selections, item, `${where}.${i}`))
      : [problem(where, `is no list, officially ${type}`)];
  const named = getNamedType(type);
  if (isScalarType(named))
    return isScalarValue(named.name, value)
      ? []
      : [problem(where, `is ${JSON.stringify(value)}, officially ${named.name}`)];
  if (isEnumType(named))
    return named.getValues().some(({ name }) => name === value)
      ? []
      : [problem(where, `is ${JSON.stringify(value)}, which is no ${named.name}`)];
  return isFields(value)
    ? objectProblems(walk, named.name, selections, value, where)
    : [problem(where, `is no object, officially ${named.name}`)];
}

const isInteger = (value: unknown, limit: number) =>
  Number.isInteger(value) && Math.abs(Number(value)) <= limit;

/** Advocate's own scalars: dates are epoch milliseconds, JSON nodes are anything, the rest are texts. */
function isScalarValue(scalar: string, value: unknown): boolean {
  switch (scalar) {
    case 'Int':
      return isInteger(value, 2 ** 31 - 1);
    case 'Long':
    case 'RSDate':
      return isInteger(value, Number.MAX_SAFE_INTEGER);
    case 'Float':
      return typeof value === 'number';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'RSJsonNode':
    case 'JsonSchema':
    case 'JSON':
      return true;
    case 'RSShallowMap':
      return isFields(value);
    default:
      return typeof value === 'string';
  }
}
