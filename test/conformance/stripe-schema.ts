/** Stripe's requests and answers against its OpenAPI document. */
import type { Exchange } from '../../sandbox/exchange.ts';
import { at, type ClosedSchema, pointer } from './closed-schema.ts';
import { isFields, type Problem, parseJson, problem, type Verdict } from './finding.ts';
import { coerce, decodeForm } from './form-body.ts';
import { type Operation, operationFinder } from './operations.ts';

const FORM = 'application/x-www-form-urlencoded';

export function stripeChecker(schema: ClosedSchema) {
  const find = operationFinder(schema.document.paths);
  const place = ({ template, method }: Operation, ...rest: string[]) =>
    pointer('paths', template, method, ...rest);
  const name = (operation: Operation) => `${operation.method.toUpperCase()} ${operation.template}`;

  function queryProblems(operation: Operation, query: string): Problem[] {
    const values = decodeForm(query);
    const parameters = Array.isArray(operation.described.parameters) ? operation.described.parameters : [];
    const known = new Map<string, { index: number; required: boolean }>(
      parameters.flatMap((parameter, index) =>
        isFields(parameter) && parameter.in === 'query'
          ? [[String(parameter.name), { index, required: parameter.required === true }] as const]
          : [],
      ),
    );
    const missing = [...known].filter(([key, { required }]) => required && !(key in values));
    return [
      ...missing.map(([key]) => problem(`request.${key}`, 'is required')),
      ...Object.entries(values).flatMap(([key, value]) => {
        const found = known.get(key);
        if (found === undefined) return [problem(`request.${key}`, 'is not in the official schema')];
        const path = place(operation, 'parameters', String(found.index), 'schema');
        return schema.problems(path, coerce(value, at(schema.document, path)), `request.${key}`);
      }),
    ];
  }

  return {
    /** Null where the document does not describe the path. */
    request(exchange: Exchange): Verdict | null {
      const operation = find(exchange);
      if (operation === null) return null;
      const problems = queryProblems(operation, exchange.query);
      if (exchange.method === 'POST') {
        const path = place(operation, 'requestBody', 'content', FORM, 'schema');
        const body = coerce(decodeForm(exchange.requestBody), at(schema.document, path));
        problems.push(...schema.problems(path, body, 'request'));
        if (exchange.requestBody !== '' && !exchange.requestHeaders['content-type']?.startsWith(FORM))
          problems.push(problem('header content-type', `is not ${FORM}`));
      } else if (exchange.requestBody !== '')
        problems.push(problem('request', 'has a body where only the query is read'));
      return { operation: name(operation), problems };
    },

    answer(exchange: Exchange): Verdict | null {
      const operation = find(exchange);
      // Stripe answers every unknown path in the one shape of its errors.
      if (operation === null && (exchange.status ?? 0) < 400) return null;
      const json = parseJson(exchange.responseBody);
      const path =
        operation !== null && exchange.status === 200
          ? place(operation, 'responses', '200', 'content', 'application/json', 'schema')
          : pointer('components', 'schemas', 'error');
      const problems =
        json === undefined ? [problem('answer', 'is not JSON')] : schema.problems(path, json, 'answer');
      if (!exchange.responseHeaders['request-id']) problems.push(problem('header request-id', 'is missing'));
      return { operation: operation === null ? 'undescribed' : name(operation), problems };
    },
  };
}
