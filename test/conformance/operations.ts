import type { Exchange } from '../../sandbox/exchange.ts';
import { type Fields, isFields } from './finding.ts';

/** An operation of a specification: path template and what stands there for the method. */
export type Operation = { template: string; method: string; described: Fields };

/** Finds the operation that a request is, among the specification's `paths`; literal steps win over `{names}`. */
export function operationFinder(paths: unknown, base = '') {
  const operations = Object.entries(isFields(paths) ? paths : {}).flatMap(([template, methods]) =>
    Object.entries(isFields(methods) ? methods : {}).flatMap(([method, described]) =>
      isFields(described) ? [{ template, method, described, steps: `${base}${template}`.split('/') }] : [],
    ),
  );
  const names = (steps: string[]) => steps.filter((step) => step.startsWith('{')).length;
  operations.sort((a, b) => names(a.steps) - names(b.steps));
  return ({ method, path }: Pick<Exchange, 'method' | 'path'>): Operation | null => {
    const asked = path.split('/');
    const matches = (steps: string[]) =>
      steps.length === asked.length &&
      steps.every((step, i) => (step.startsWith('{') ? asked[i] !== '' : step === asked[i]));
    return operations.find((o) => o.method === method.toLowerCase() && matches(o.steps)) ?? null;
  };
}
