/** Advocate's GraphQL documents, their variables and the data that comes back, against the official schema. */
import {
  buildSchema,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';
import type { Exchange } from '../../sandbox/exchange.ts';
import type { ClosedSchema } from './closed-schema.ts';
import { type Fields, isFields, type Problem, parseJson, problem, type Verdict } from './finding.ts';
import { dataProblems } from './graphql-data.ts';

export const officialSchema = (sdl: string): GraphQLSchema => buildSchema(sdl, { assumeValid: true });

/** @param rest holds the shape of Advocate's errors, which GraphQL answers carry too. */
export function graphQLChecker(schema: GraphQLSchema, rest: ClosedSchema) {
  function documentProblems(query: string): Problem[] {
    try {
      return validate(schema, parse(query)).map(({ message }) => problem('request.query', message));
    } catch (error) {
      return [problem('request.query', messageOf(error))];
    }
  }

  function requestProblems(body: Fields): Problem[] {
    const problems = [
      ...Object.keys(body)
        .filter((key) => !['query', 'operationName', 'variables'].includes(key))
        .map((key) => problem(`request.${key}`, 'is no part of a GraphQL request')),
      ...documentProblems(String(body.query)),
    ];
    if (problems.length > 0) return problems;
    const operation = getOperationAST(parse(String(body.query)), nameIn(body));
    if (!operation) return [problem('request.operationName', 'names no operation of the document')];
    const variables = isFields(body.variables) ? body.variables : {};
    const defined = operation.variableDefinitions ?? [];
    const unknown = Object.keys(variables).filter(
      (key) => !defined.some((d) => d.variable.name.value === key),
    );
    const { errors } = getVariableValues(schema, defined, variables);
    return [
      ...unknown.map((key) => problem(`request.variables.${key}`, 'is not defined by the operation')),
      ...(errors ?? []).map(({ message }) => problem('request.variables', message)),
    ];
  }

  function errorProblems(answer: Fields): Problem[] {
    const { errors } = answer;
    if (errors === undefined) return [];
    if (!Array.isArray(errors) || errors.length === 0)
      return [problem('answer.errors', 'is no list of errors')];
    return errors.flatMap((error, i) => {
      const where = `answer.errors.${i}`;
      if (!isFields(error) || typeof error.message !== 'string') return [problem(where, 'has no message')];
      const apiError = isFields(error.extensions) ? error.extensions.apiError : undefined;
      return [
        ...onlyKeys(error, ['message', 'locations', 'path', 'extensions'], where),
        ...(apiError === undefined
          ? []
          : rest.problems('/definitions/Error', apiError, `${where}.extensions.apiError`)),
      ];
    });
  }

  return {
    documentProblems,

    request({ requestBody }: Exchange): Verdict {
      const body = parseJson(requestBody);
      if (!isFields(body) || typeof body.query !== 'string')
        return { operation: 'graphql', problems: [problem('request', 'is no GraphQL request')] };
      return { operation: `graphql ${nameIn(body) ?? ''}`.trim(), problems: requestProblems(body) };
    },

    answer({ requestBody, responseBody, status }: Exchange): Verdict {
      const body = parseJson(requestBody);
      const operation = `graphql ${isFields(body) ? (nameIn(body) ?? '') : ''}`.trim();
      const answer = parseJson(responseBody);
      if (!isFields(answer)) return { operation, problems: [problem('answer', 'is no JSON object')] };
      // Refused before GraphQL began: no key, too many requests, a failure.
      if (status !== 200)
        return { operation, problems: rest.problems('/definitions/Error', answer, 'answer') };
      const problems = [
        ...onlyKeys(answer, ['data', 'errors', 'extensions'], 'answer'),
        ...errorProblems(answer),
      ];
      if (answer.data === undefined && answer.errors === undefined)
        problems.push(problem('answer', 'has neither data nor errors'));
      const document = isFields(body) ? parsed(String(body.query)) : null;
      if (isFields(answer.data) && isFields(body) && document !== null)
        problems.push(
          ...dataProblems(schema, document, nameIn(body), answer.data, answer.errors !== undefined),
        );
      return { operation, problems };
    },
  };
}

const nameIn = ({ operationName }: Fields) => (typeof operationName === 'string' ? operationName : null);

// https://spec.graphql.org/October2021/#sec-Response-Format
const onlyKeys = (object: Fields, allowed: string[], where: string): Problem[] =>
  Object.keys(object)
    .filter((key) => !allowed.includes(key))
    .map((key) => problem(`${where}.${key}`, 'is no part of a GraphQL answer'));

const messageOf = (error: unknown) => (error instanceof GraphQLError ? error.message : String(error));

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
