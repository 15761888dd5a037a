/** Advocate's webhooks against its JSON schemas, and their signature against the keys it publishes. */
import { Ajv } from 'ajv';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type Fields, isFields, type Problem, parseJson, problem, type Verdict } from './finding.ts';
import { readAdvocateSchema } from './specifications.ts';

/** One delivery as it arrived. */
export type Hook = { headers: Record<string, string>; body: string };

/** Sent by hand from the subscription's "test" button; its type is documented, its data is not. */
const TEST_TYPE = 'test';
const DATA_SCHEMAS: Record<string, string> = {
  'reward.created': 'webhooks/RewardCreatedData',
  'user.reward.balance.changed': 'webhooks/UserRewardBalanceChanged',
};

export function webhookChecker(jwks: JSONWebKeySet) {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addMetaSchema(draft06);
  const envelope = ajv.compile(readAdvocateSchema('webhooks/Webhook'));
  const data = new Map(
    Object.entries(DATA_SCHEMAS).map(([type, name]) => {
      const schema = readAdvocateSchema(name);
      return [type, { validate: ajv.compile(schema), names: namesIn(schema) }] as const;
    }),
  );
  const keys = createLocalJWKSet(jwks);

  function shapeProblems(event: Fields): Problem[] {
    const isTest = event.type === TEST_TYPE;
    // The schema lists the types one by one, so the test delivery is held against it as if it were another.
    const shaped = isTest ? { ...event, type: 'user.reward.balance.changed', data: {} } : event;
    const problems = envelope(shaped) ? [] : (envelope.errors ?? []).map(told('answer'));
    const extra = Object.keys(event).filter((key) => !ENVELOPE.includes(key));
    const of = isTest ? undefined : data.get(String(event.type));
    if (of === undefined || !isFields(event.data))
      return [...problems, ...extra.map((key) => problem(`answer.${key}`, 'is not in the official schema'))];
    const unknown = Object.keys(event.data).filter((key) => !of.names.has(key));
    return [
      ...problems,
      ...(of.validate(event.data) ? [] : (of.validate.errors ?? []).map(told('answer.data'))),
      ...[...extra, ...unknown.map((key) => `data.${key}`)].map((key) =>
        problem(`answer.${key}`, 'is not in the official schema'),
      ),
    ];
  }

  async function signatureProblems({ headers, body }: Hook): Promise<Problem[]> {
    const detached = headers['x-hook-jws-rfc-7797'] ?? '';
    const [header, nothing, signature] = detached.split('.');
    if (!header || nothing !== '' || !signature)
      return [problem('header x-hook-jws-rfc-7797', 'is no detached signature')];
    try {
      await compactVerify(`${header}.${Buffer.from(body).toString('base64url')}.${signature}`, keys);
      return [];
    } catch (error) {
      return [problem('header x-hook-jws-rfc-7797', `does not verify: ${String(error)}`)];
    }
  }

  return async (hook: Hook): Promise<Verdict> => {
    const event = parseJson(hook.body);
    if (!isFields(event)) return { operation: 'webhook', problems: [problem('answer', 'is no JSON object')] };
    return {
      operation: `webhook ${String(event.type)}`,
      problems: [...shapeProblems(event), ...(await signatureProblems(hook))],
    };
  };
}

const ENVELOPE = ['id', 'type', 'tenantAlias', 'live', 'created', 'data'];

const told =
  (where: string) =>
  ({ instancePath, message }: { instancePath: string; message?: string }): Problem =>
    problem(`${where}${instancePath.replaceAll('/', '.')}`, message ?? 'is refused');

/** Every property that the schema names on its top level, in any of its alternatives. */
function namesIn(schema: Fields): Set<string> {
  const alternatives = Object.values(isFields(schema.dependencies) ? schema.dependencies : {})
    .filter(isFields)
    .flatMap(({ oneOf }) => (Array.isArray(oneOf) ? oneOf : []));
  return new Set(
    [schema, ...alternatives].flatMap((part) =>
      isFields(part) && isFields(part.properties) ? Object.keys(part.properties) : [],
    ),
  );
}
