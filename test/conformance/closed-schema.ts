import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { DEVIATIONS, type Deviation } from './deviations.ts';
import { type Fields, isFields, type Problem, problem } from './finding.ts';

/** How often each deviation was needed. */
export type DeviationCounts = Map<string, number>;

/** One specification with its deviations put in, asked by JSON pointer. */
export type ClosedSchema = {
  document: Fields;
  /** What the schema at this pointer has against the value; `where` is what the value is called in the findings. */
  problems: (pointer: string, value: unknown, where: string) => Problem[];
};

/**
 * The schemas leave objects open, so that a misspelt field would pass for an unknown one. Here an object with named
 * properties has those and no others.
 */
export function closedSchema(
  specification: Deviation['specification'],
  original: Fields,
  counts: DeviationCounts,
  deviations: Deviation[] = DEVIATIONS,
): ClosedSchema {
  const document = structuredClone(original);
  close(document);
  for (const deviation of deviations) if (deviation.specification === specification) put(document, deviation);

  const needed: string[] = [];
  // Formats are not checked: those in use (unix-time, int32) say nothing that the types do not.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addMetaSchema(draft06);
  ajv.addKeyword({
    keyword: 'deviation',
    schemaType: 'string',
    errors: false,
    validate: (id: string) => needed.push(id) > 0,
  });
  ajv.addSchema(document, specification);
  const compiled = new Map<string, ValidateFunction>();

  return {
    document,
    problems(pointer, value, where) {
      const validate =
        compiled.get(pointer) ?? ajv.compile({ $ref: `${specification}#${uriFragment(pointer)}` });
      compiled.set(pointer, validate);
      needed.length = 0;
      if (!validate(value)) return (validate.errors ?? []).map((error) => found(error, where));
      for (const id of needed) counts.set(id, (counts.get(id) ?? 0) + 1);
      return [];
    },
  };
}

export const pointer = (...steps: string[]) =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const uriFragment = (path: string) => path.replaceAll('{', '%7B').replaceAll('}', '%7D');

export function at(document: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : isFields(value) ? value[step] : undefined),
    document,
  );
}

const stepsOf = (path: string) =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function close(node: unknown): void {
  if (Array.isArray(node)) for (const item of node) close(item);
  if (!isFields(node)) return;
  if (isFields(node.properties) && (node.type === undefined || node.type === 'object')) {
    node.type = 'object';
    node.additionalProperties ??= false;
  }
  for (const value of Object.values(node)) close(value);
}

/** Allows the deviation beside what stands there, so that it counts only where it is needed. */
function put(document: Fields, { id, at: pointers, schema }: Deviation): void {
  for (const path of pointers) {
    const steps = stepsOf(path);
    const name = steps.pop() ?? '';
    const parent = at(document, steps.map((step) => pointer(step)).join(''));
    const marked = { ...structuredClone(schema), deviation: id };
    if (Array.isArray(parent))
      parent.push({ ...schema, schema: { ...Object(schema.schema), deviation: id } });
    else if (isFields(parent)) parent[name] = name in parent ? { anyOf: [parent[name], marked] } : marked;
    else throw new Error(`The deviation ${id} points to nothing: ${path}`);
  }
}

function found({ instancePath, params, message, keyword }: ErrorObject, where: string): Problem {
  const extra = keyword === 'additionalProperties' ? String(params.additionalProperty) : null;
  const path = [where, ...stepsOf(instancePath), ...(extra === null ? [] : [extra])].join('.');
  if (extra !== null) return problem(path, 'is not in the official schema');
  const allowed = keyword === 'enum' ? `: ${JSON.stringify(params.allowedValues)}` : '';
  return problem(path, `${message ?? keyword}${allowed}`);
}
