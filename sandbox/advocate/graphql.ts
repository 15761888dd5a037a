import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { AdvocateError } from './errors.ts';
import { mutations } from './graphql-mutations.ts';
import { queries } from './graphql-queries.ts';
import { schema } from './graphql-schema.ts';
import type { Sight } from './graphql-views.ts';

export type GraphQLRequest = {
  query: string;
  variables: Record<string, unknown> | null;
  operationName: string | null;
};

/** Null when the body is no GraphQL request. */
export function readGraphQL(body: unknown): GraphQLRequest | null {
  if (typeof body !== 'object' || body === null) return null;
  const { query, variables, operationName }: Record<string, unknown> = { ...body };
  if (typeof query !== 'string') return null;
  return {
    query,
    variables: typeof variables === 'object' && variables !== null ? { ...variables } : null,
    operationName: typeof operationName === 'string' ? operationName : null,
  };
}

/** Errors travel with status 200. The official SDK looks for `apiError` beside `errors`, others inside them. */
function withApiError(result: ExecutionResult) {
  const cause = result.errors?.map((e) => e.originalError).find((e) => e instanceof AdvocateError);
  if (!cause) return result;
  const errors = result.errors?.map((e) =>
    e.originalError instanceof AdvocateError
      ? { ...e.toJSON(), extensions: { apiError: e.originalError.toBody() } }
      : e.toJSON(),
  );
  return { data: result.data ?? null, errors, extensions: { apiError: cause.toBody() } };
}

/** Clients send the same few documents again and again. */
const valid = new Map<string, DocumentNode>();

function readDocument(query: string) {
  const known = valid.get(query);
  if (known) return { document: known, errors: [] };
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length > 0) return { document: null, errors };
  if (valid.size < 100) valid.set(query, document);
  return { document, errors };
}

export async function answerGraphQL(request: GraphQLRequest, sight: Sight): Promise<unknown> {
  try {
    const { document, errors } = readDocument(request.query);
    if (document === null) return { errors };
    const operation = getOperationAST(document, request.operationName);
    if (!operation) return { errors: [new GraphQLError('Which operation is meant is not said.')] };
    const result = await execute({
      schema,
      document,
      rootValue: operation.operation === 'mutation' ? mutations(sight) : queries(sight),
      variableValues: request.variables ?? {},
      operationName: request.operationName,
    });
    return withApiError(result);
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
