/** Advocate's REST requests and answers against its Swagger 2.0 definition. */
import type { Exchange } from '../../sandbox/exchange.ts';
import { at, type ClosedSchema, pointer } from './closed-schema.ts';
import { isFields, type Problem, parseJson, problem, type Verdict } from './finding.ts';
import { coerce } from './form-body.ts';
import { type Operation, operationFinder } from './operations.ts';

const ERROR = pointer('definitions', 'Error');

export function advocateRestChecker(schema: ClosedSchema) {
  const { document } = schema;
  const find = operationFinder(document.paths, String(document.basePath));
  const name = (operation: Operation) =>
    `${operation.method.toUpperCase()} ${operation.template.replace('/{tenant_alias}', '')}`;

  /** Where each parameter of the operation is described; some are described once for all. */
  function parametersOf({ template, method, described }: Operation) {
    const list = Array.isArray(described.parameters) ? described.parameters : [];
    return list.flatMap((parameter, index) => {
      const shared =
        isFields(parameter) && typeof parameter.$ref === 'string' ? parameter.$ref.slice(1) : null;
      const path = shared ?? pointer('paths', template, method, 'parameters', String(index));
      const is = at(document, path);
      return isFields(is) ? [{ path, is }] : [];
    });
  }

  function queryProblems(operation: Operation, query: string): Problem[] {
    const parameters = parametersOf(operation).filter(({ is }) => is.in === 'query');
    const values = new URLSearchParams(query);
    return [
      ...parameters
        .filter(({ is }) => is.required === true && !values.has(String(is.name)))
        .map(({ is }) => problem(`request.${is.name}`, 'is required')),
      ...[...values].flatMap(([key, value]) => {
        const found = parameters.find(({ is }) => is.name === key);
        if (found === undefined) return [problem(`request.${key}`, 'is not in the official definition')];
        // Swagger 2.0 says the type of a query parameter beside its name; a list is written with commas.
        const list = found.is.type === 'array' ? value.split(',') : coerce(value, found.is);
        const { type, items, enum: allowed } = found.is;
        return list === value && type !== 'string' && allowed === undefined && items === undefined
          ? [problem(`request.${key}`, `is not of the type ${type}`)]
          : [];
      }),
    ];
  }

  function bodyProblems(operation: Operation, exchange: Exchange): Problem[] {
    const body = parametersOf(operation).find(({ is }) => is.in === 'body');
    if (body === undefined)
      return exchange.requestBody === '' ? [] : [problem('request', 'has a body where none is described')];
    if (exchange.requestBody === '') return [problem('request', 'has no body')];
    const json = parseJson(exchange.requestBody);
    if (json === undefined) return [problem('request', 'is not JSON')];
    const wrongType = !exchange.requestHeaders['content-type']?.startsWith('application/json');
    return [
      ...(wrongType ? [problem('header content-type', 'is not application/json')] : []),
      ...schema.problems(`${body.path}/schema`, json, 'request'),
    ];
  }

  function answerProblems(operation: Operation | null, { status, responseBody }: Exchange): Problem[] {
    if (operation === null || (status ?? 0) >= 400) {
      const json = parseJson(responseBody);
      if (json === undefined) return [problem('answer', 'is not JSON')];
      const problems = schema.problems(ERROR, json, 'answer');
      if (isFields(json) && json.statusCode !== status)
        problems.push(problem('answer.statusCode', `is ${json.statusCode}, and the HTTP status ${status}`));
      return problems;
    }
    const { template, method } = operation;
    const path = pointer('paths', template, method, 'responses', String(status));
    const described = at(document, path);
    if (!isFields(described) || described.schema === undefined)
      // No schema means no content: https://swagger.io/specification/v2/#response-object
      return responseBody === '' ? [] : [problem('answer', `has a body that is not described for ${status}`)];
    const json = parseJson(responseBody);
    return json === undefined
      ? [problem('answer', 'is not JSON')]
      : schema.problems(`${path}/schema`, json, 'answer');
  }

  return {
    request(exchange: Exchange): Verdict | null {
      const operation = find(exchange);
      if (operation === null) return null;
      const problems = [...queryProblems(operation, exchange.query), ...bodyProblems(operation, exchange)];
      return { operation: name(operation), problems };
    },
    answer(exchange: Exchange): Verdict | null {
      const operation = find(exchange);
      if (operation === null && (exchange.status ?? 0) < 400) return null;
      return {
        operation: operation === null ? 'undescribed' : name(operation),
        problems: answerProblems(operation, exchange),
      };
    },
  };
}
