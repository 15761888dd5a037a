/**
 * The few things of Stripe's that its OpenAPI document does not describe, or our cut of it has lost: Connect's OAuth
 * (written down here from https://docs.stripe.com/connect/oauth-reference and the SDK's types) and the account, which
 * is compared with Stripe's newest example of one.
 */
import type { Exchange } from '../../sandbox/exchange.ts';
import { closedSchema } from './closed-schema.ts';
import { type Fields, isFields, type Problem, parseJson, problem, type Verdict } from './finding.ts';
import { decodeForm } from './form-body.ts';

const text = { type: 'string', minLength: 1 };
const object = (properties: Fields, required: string[]) => ({ type: 'object', properties, required });
const code = (values: string[]) => ({ type: 'string', enum: values });

const OAUTH = {
  authorize: object(
    {
      response_type: code(['code']),
      client_id: { type: 'string', pattern: '^ca_' },
      scope: code(['read_write']),
      redirect_uri: { type: 'string', pattern: '^https?://' },
      // 128 bits and more, as base64.
      state: { type: 'string', minLength: 22 },
    },
    ['response_type', 'client_id', 'scope', 'redirect_uri', 'state'],
  ),
  token: {
    type: 'object',
    properties: {
      grant_type: code(['authorization_code', 'refresh_token']),
      code: text,
      refresh_token: text,
      scope: text,
      client_secret: text,
    },
    required: ['grant_type'],
  },
  deauthorize: object({ client_id: { type: 'string', pattern: '^ca_' }, stripe_user_id: text }, [
    'client_id',
    'stripe_user_id',
  ]),
  tokenAnswer: object(
    {
      access_token: text,
      livemode: { type: 'boolean' },
      refresh_token: text,
      token_type: code(['bearer']),
      stripe_publishable_key: { type: 'string', pattern: '^pk_(test|live)_' },
      stripe_user_id: { type: 'string', pattern: '^acct_' },
      scope: code(['read_write']),
    },
    ['access_token', 'livemode', 'stripe_user_id', 'scope', 'token_type'],
  ),
  deauthorizeAnswer: object({ stripe_user_id: { type: 'string', pattern: '^acct_' } }, ['stripe_user_id']),
  error: object(
    {
      error: code([
        'invalid_client',
        'invalid_grant',
        'invalid_request',
        'invalid_scope',
        'unsupported_grant_type',
        'unsupported_response_type',
      ]),
      error_description: text,
    },
    ['error'],
  ),
};

type Examples = Fields | null;

/** @param examples null where they are not at hand: then accounts and invoices are left unchecked. */
export function unspecifiedChecker(examples: Examples) {
  const schema = closedSchema('stripe', OAUTH, new Map(), []);
  const against = (name: keyof typeof OAUTH, value: unknown, where: string): Problem[] =>
    schema.problems(`/${name}`, value, where);

  function example({ path }: Exchange): string | null {
    if (/^\/v1\/accounts?(\/[^/]+)?$/.test(path)) return 'account';
    return /^\/v1\/invoices(\/[^/]+)?$/.test(path) ? 'invoice' : null;
  }

  return {
    /** Null: not one of these. `skipped`: one of these, and the examples are not at hand. */
    request(exchange: Exchange): Verdict | 'skipped' | null {
      const { method, path, query, requestBody } = exchange;
      const operation = `${method} ${path}`;
      if (operation === 'GET /oauth/authorize')
        return { operation, problems: against('authorize', decodeForm(query), 'request') };
      if (operation === 'POST /oauth/token')
        return { operation, problems: against('token', decodeForm(requestBody), 'request') };
      if (operation === 'POST /oauth/deauthorize')
        return { operation, problems: against('deauthorize', decodeForm(requestBody), 'request') };
      const name = example(exchange);
      if (name === null) return null;
      if (examples === null) return 'skipped';
      const problems = method === 'GET' ? [] : [problem('request', `is ${method}, and only GET is known`)];
      if (requestBody !== '') problems.push(problem('request', 'has a body'));
      return { operation: `${method} ${name}`, problems };
    },

    answer(exchange: Exchange): Verdict | 'skipped' | null {
      const { method, path, status, responseBody } = exchange;
      const operation = `${method} ${path}`;
      const json = parseJson(responseBody);
      if (operation === 'POST /oauth/token' || operation === 'POST /oauth/deauthorize') {
        const good = path === '/oauth/token' ? 'tokenAnswer' : 'deauthorizeAnswer';
        return { operation, problems: against(status === 200 ? good : 'error', json, 'answer') };
      }
      const name = example(exchange);
      if (name === null || status !== 200) return null;
      if (examples === null) return 'skipped';
      const values = isFields(json) && Array.isArray(json.data) ? json.data : [json];
      const problems = values.flatMap((value) => unlike(examples[name], value, 'answer'));
      return { operation: `${method} ${name}`, problems };
    },
  };
}

/** Fields that the example does not have, or has of another kind. Null in the example says nothing of the kind. */
function unlike(example: unknown, value: unknown, where: string): Problem[] {
  if (example === null || value === null) return [];
  if (Array.isArray(example) !== Array.isArray(value) || typeof example !== typeof value)
    return [problem(where, `is ${JSON.stringify(value)}, in Stripe’s example ${JSON.stringify(example)}`)];
  // Maps with keys of their own, of which the example has only some.
  if (!isFields(example) || !isFields(value) || /\.(metadata|capabilities)$/.test(where)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key in example
      ? unlike(example[key], inner, `${where}.${key}`)
      : [problem(`${where}.${key}`, 'is not in Stripe’s example')],
  );
}
