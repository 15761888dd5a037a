/** What no schema says and our own requests must keep. */
import type { Exchange } from '../../sandbox/exchange.ts';
import type { Seed } from '../../sandbox/seed.ts';
import { MODES, type Mode } from '../../src/contract/words.ts';
import { DOCUMENTS } from '../../src/proxy/advocate-documents.ts';
import { isFields, type Problem, parseJson, problem } from './finding.ts';
import { decodeForm } from './form-body.ts';

/** Where the proxy may knock, and nowhere else. */
const UPSTREAM: Record<Exchange['service'], RegExp[]> = {
  stripe: [
    /^(GET|POST) \/v1\/customers$/,
    /^GET \/v1\/customers\/search$/,
    /^GET \/v1\/customers\/cus_\w+$/,
    /^(GET|POST) \/v1\/customers\/cus_\w+\/balance_transactions$/,
    /^POST \/v1\/customers\/cus_\w+\/balance_transactions\/cbtxn_\w+$/,
    /^GET \/v1\/invoices$/,
    /^GET \/v1\/accounts\/acct_\w+$/,
    /^POST \/oauth\/(token|deauthorize)$/,
  ],
  advocate: [
    /^POST \/api\/v1\/[^/]+\/graphql$/,
    /^PUT \/api\/v1\/[^/]+\/open\/account\/[^/]+\/user\/[^/]+$/,
    /^POST \/api\/v1\/[^/]+\/credit\/[^/]+\/redeem$/,
  ],
};

/** A fault struck before the simulator had read the body, so nobody knows what stood in it. */
export const isUnread = ({ requestHeaders, requestBody }: Exchange): boolean =>
  requestBody === '' && Number(requestHeaders['content-length'] ?? 0) > 0;

/** How the proxy reaches Stripe in the scene that the exchange is from. */
export type Circumstances = {
  seed: Seed;
  via: 'connect' | 'restricted_key';
  /** The mode that was asked for at the proxy; null where one request is about both. */
  mode: Mode | null;
};

export function ruleProblems(exchange: Exchange, circumstances: Circumstances): Problem[] {
  const asked = `${exchange.method} ${exchange.path}`;
  const declared = UPSTREAM[exchange.service].some((pattern) => pattern.test(asked));
  return [
    ...(declared ? [] : [problem('path', 'is none that the proxy is declared to use')]),
    ...(exchange.service === 'stripe'
      ? stripeRules(exchange, circumstances)
      : advocateRules(exchange, circumstances.seed)),
    ...foreignSecrets(exchange, circumstances.seed),
  ];
}

function stripeRules(exchange: Exchange, its: Circumstances) {
  const { method, path, requestHeaders: headers, requestBody } = exchange;
  const problems: Problem[] = [];
  const isApi = path.startsWith('/v1/');
  const { accountId, keys } = stripeKeys(its);
  const mode = MODES.find((each) => keys[each] === bearerOf(headers.authorization));
  if (mode === undefined) problems.push(problem('header authorization', 'carries no key of this proxy'));
  else if (its.mode !== null && mode !== its.mode)
    problems.push(problem('header authorization', `carries the ${mode} key for the ${its.mode} mode`));

  if (isApi && !headers['stripe-version']) problems.push(problem('header stripe-version', 'is missing'));
  const account = headers['stripe-account'];
  // A platform reads a connected account itself under its own name.
  const asPlatform = path === `/v1/accounts/${accountId}`;
  if (isApi && !asPlatform && its.via === 'connect' && account !== accountId)
    problems.push(problem('header stripe-account', `is ${account}, and the connected account ${accountId}`));
  if (isApi && its.via === 'restricted_key' && account !== undefined)
    problems.push(problem('header stripe-account', 'is sent beside a restricted key'));

  const key = headers['idempotency-key'];
  if (isApi && method === 'POST') {
    if (!key) problems.push(problem('header idempotency-key', 'is missing'));
    else if (key.length > 255)
      problems.push(problem('header idempotency-key', `has ${key.length} characters`));
    // What the SDK makes up itself is another one after a restart.
    else if (key.startsWith('stripe-node-retry'))
      problems.push(problem('header idempotency-key', 'is the SDK’s random one'));
  }
  if (method === 'POST' && path.endsWith('/balance_transactions') && !isUnread(exchange)) {
    const { amount, metadata: given } = decodeForm(requestBody);
    const metadata = isFields(given) ? given : {};
    const takesBack = metadata.advocate_reversal_of !== undefined;
    const sign = takesBack ? /^[1-9]\d*$/ : /^-[1-9]\d*$/;
    if (typeof amount !== 'string' || !sign.test(amount)) {
      const rule = takesBack ? 'a reversal is a positive' : 'a credit is a negative';
      problems.push(problem('request.amount', `is ${amount}, and ${rule} whole number`));
    }
    const tenant = its.mode === null ? undefined : its.seed.advocate.tenants[its.mode].alias;
    const reward = takesBack ? metadata.advocate_reversed_reward : metadata.advocate_reward;
    if (metadata.advocate_tenant !== tenant || !reward)
      problems.push(problem('request.metadata', 'does not name the reward and its tenant'));
    if (takesBack && metadata.advocate_reward !== undefined)
      problems.push(problem('request.metadata', 'marks a reversal as a credit'));
  }
  return problems;
}

function stripeKeys({ seed, via }: Circumstances) {
  const { platform, restrictedKeys, account } = seed.stripe;
  const of = (mode: Mode) => (via === 'connect' ? platform[mode].secretKey : restrictedKeys[mode].key);
  return { accountId: account.id, keys: { test: of('test'), live: of('live') } };
}

function advocateRules({ path, requestHeaders, requestBody }: Exchange, { advocate }: Seed): Problem[] {
  const alias = decodeURIComponent(path.split('/')[3] ?? '');
  const mode = MODES.find((each) => advocate.tenants[each].alias === alias);
  if (mode === undefined) return [problem('path', `names the tenant ${alias}, which is none of ours`)];
  const problems: Problem[] = [];
  const credentials = /^Basic (\S+)$/.exec(requestHeaders.authorization ?? '')?.[1] ?? '';
  const { apiKey, accountSid, authToken } = advocate.tenants[mode];
  const decoded = Buffer.from(credentials, 'base64').toString();
  if (decoded !== `:${apiKey}` && decoded !== `${accountSid}:${authToken}`)
    problems.push(problem('header authorization', `does not carry the ${mode} tenant’s key`));
  if (path.endsWith('/graphql')) {
    const body = parseJson(requestBody);
    const known: Record<string, string> = DOCUMENTS;
    if (!isFields(body) || known[String(body.operationName)] !== body.query)
      problems.push(problem('request.query', 'is none of the documents of the proxy'));
  }
  return problems;
}

/** No secret of one service is told to the other, and none stands in an address. */
function foreignSecrets(exchange: Exchange, { stripe, advocate }: Seed): Problem[] {
  const secrets = {
    stripe: MODES.flatMap((mode) => [stripe.platform[mode].secretKey, stripe.restrictedKeys[mode].key]),
    advocate: MODES.flatMap((mode) => [advocate.tenants[mode].apiKey, advocate.tenants[mode].authToken]),
  };
  const address = `${exchange.path}?${exchange.query}`;
  const credentials = exchange.requestHeaders.authorization?.split(' ')[1] ?? '';
  const all = [
    address,
    exchange.requestBody,
    ...Object.values(exchange.requestHeaders),
    Buffer.from(credentials, 'base64').toString(),
  ].join('\n');
  const foreign = secrets[exchange.service === 'stripe' ? 'advocate' : 'stripe'];
  return [
    ...(foreign.some((secret) => all.includes(secret))
      ? [problem('request', 'tells the other service’s key')]
      : []),
    ...([...secrets.stripe, ...secrets.advocate].some((secret) => address.includes(secret))
      ? [problem('path', 'has a secret in it')]
      : []),
  ];
}

function bearerOf(authorization = ''): string {
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString().split(':')[0] ?? '';
}
