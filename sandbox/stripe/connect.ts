import type { Context, Handler, Hono } from 'hono';
import { MODES, type Mode } from '../../src/contract/words.ts';
import { keyOf, platformMode } from './auth.ts';
import { authorizePage, refusalPage } from './authorize-page.ts';
import { maskKey } from './errors.ts';
import type { Env, Simulation } from './simulation.ts';

/** OAuth answers are flat, unlike those of the API: https://docs.stripe.com/connect/oauth-reference */
export class OAuthFailure extends Error {
  readonly status: 400 | 401;
  readonly body: { error: string; error_description: string };
  constructor(error: string, description: string) {
    super(description);
    this.name = 'OAuthFailure';
    this.status = error === 'invalid_client' ? 401 : 400;
    this.body = { error, error_description: description };
  }
}

async function readForm(c: Context<Env>): Promise<URLSearchParams> {
  const body = await c.req.text();
  c.set('requestBody', body);
  return new URLSearchParams(body);
}

type Question = { clientId: string; mode: Mode; redirectUri: URL; scope: string; state: string | null };

const isLoopback = ({ hostname }: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);

/** What the platform asks for, or the sentence that the person reads when they cannot be sent back safely. */
function readQuestion(sim: Simulation, query: URLSearchParams): Question | string {
  const clientId = query.get('client_id') ?? '';
  const mode = MODES.find((each) => sim.seed.platform[each].clientId === clientId);
  if (!mode) return `No application matches the supplied client identifier '${clientId}'.`;
  const given = query.get('redirect_uri') ?? '';
  const redirectUri = URL.canParse(given) ? new URL(given) : null;
  if (!redirectUri) return `Invalid redirect URI '${given}'.`;
  if (redirectUri.protocol !== 'https:' && !(redirectUri.protocol === 'http:' && isLoopback(redirectUri)))
    return `Invalid redirect URI '${given}': it must use HTTPS, or be on this machine.`;
  // Without a scope the endpoint means read_only, as Stripe's does.
  return { clientId, mode, redirectUri, scope: query.get('scope') ?? 'read_only', state: query.get('state') };
}

function sendBack(c: Context<Env>, { redirectUri, state }: Question, values: Record<string, string>) {
  const target = new URL(redirectUri);
  for (const [name, value] of Object.entries(values)) target.searchParams.set(name, value);
  if (state !== null) target.searchParams.set('state', state);
  return c.redirect(target.href, 303);
}

/** Problems that are told to the platform instead of the person. */
function wrongQuestion(question: Question, query: URLSearchParams): Record<string, string> | null {
  const problem = (error: string, error_description: string) => ({ error, error_description });
  const type = query.get('response_type');
  if (type === null)
    return problem('invalid_request', 'No response type was given: pass response_type=code.');
  if (type !== 'code')
    return problem('unsupported_response_type', `Response type '${type}' is not supported.`);
  if (question.scope === 'read_only')
    return problem('invalid_scope', 'Platforms can only ask for read_write; read_only is for extensions.');
  if (question.scope !== 'read_write') return problem('invalid_scope', `Invalid scope '${question.scope}'.`);
  return null;
}

function authorize(sim: Simulation): Handler<Env> {
  return async (c) => {
    const answers = c.req.method === 'POST' ? await readForm(c) : null;
    const query = answers ?? new URL(c.req.url).searchParams;
    const question = readQuestion(sim, query);
    if (typeof question === 'string') return c.html(refusalPage(question), 400);
    const wrong = wrongQuestion(question, query);
    if (wrong) return sendBack(c, question, wrong);
    const { accounts, accountId, platformId } = sim.state;
    const [account, platform] = [accounts[accountId], accounts[platformId]];
    if (!answers && account && platform) return c.html(authorizePage({ account, platform, ...question }));
    if (answers?.get('decision') !== 'connect')
      return sendBack(c, question, {
        error: 'access_denied',
        error_description: 'The user denied your request',
      });
    const code = sim.connections.makeCode(accountId, question.mode, question.clientId);
    return sendBack(c, question, { scope: question.scope, code });
  };
}

/** The platform's secret key, from the header or from `client_secret`, as its mode. */
function platformOf(sim: Simulation, c: Context<Env>, form: URLSearchParams): Mode {
  const key = keyOf(c.req.raw.headers) ?? form.get('client_secret');
  if (!key)
    throw new OAuthFailure('invalid_client', 'No API key provided. Set your secret key as client_secret.');
  const mode = platformMode(sim, key);
  if (!mode) throw new OAuthFailure('invalid_client', `Invalid API Key provided: ${maskKey(key)}`);
  return mode;
}

function exchangeCode(sim: Simulation, mode: Mode, text: string | null) {
  if (!text) throw new OAuthFailure('invalid_request', 'No authorization code provided.');
  const refuse = (why: string) => new OAuthFailure('invalid_grant', why);
  const code = sim.connections.code(text);
  if (!code) throw refuse(`Authorization code does not exist: ${text}`);
  if (code.used) {
    code.used.revoked = true;
    throw refuse(
      'This authorization code has already been used. All tokens issued with this code have been revoked.',
    );
  }
  if (sim.connections.isExpired(code)) throw refuse(`Authorization code expired: ${text}`);
  if (code.mode !== mode)
    throw refuse(
      `This authorization code was issued in ${code.mode} mode, which doesn't match the mode of the ${mode} mode API key.`,
    );
  return sim.connections.connect(code.account, code.mode, code.clientId, code);
}

function exchangeRefreshToken(sim: Simulation, mode: Mode, token: string | null) {
  if (!token) throw new OAuthFailure('invalid_request', 'No refresh token provided.');
  const connection = sim.connections.byRefreshToken(token);
  if (!connection) throw new OAuthFailure('invalid_grant', `Refresh token does not exist: ${token}`);
  // A live refresh token may be turned into a test token; the reverse would cross into live.
  if (connection.mode === 'test' && mode === 'live')
    throw new OAuthFailure(
      'invalid_grant',
      "The refresh token's mode doesn't match the mode of the API key.",
    );
  return connection;
}

function token(sim: Simulation): Handler<Env> {
  return async (c) => {
    const form = await readForm(c);
    const mode = platformOf(sim, c, form);
    const grant = form.get('grant_type');
    if (!grant) throw new OAuthFailure('invalid_request', 'No grant type specified.');
    if (grant !== 'authorization_code' && grant !== 'refresh_token')
      throw new OAuthFailure('unsupported_grant_type', `Unsupported grant type '${grant}'.`);
    const connection =
      grant === 'refresh_token'
        ? exchangeRefreshToken(sim, mode, form.get('refresh_token'))
        : exchangeCode(sim, mode, form.get('code'));
    const { accessToken, refreshToken } = sim.connections.issueTokens(connection, mode);
    return c.json({
      access_token: accessToken,
      livemode: mode === 'live',
      refresh_token: refreshToken,
      token_type: 'bearer',
      stripe_publishable_key: `pk_${mode}_${connection.account.replace('acct_', '')}`,
      stripe_user_id: connection.account,
      scope: connection.scope,
    });
  };
}

function deauthorize(sim: Simulation): Handler<Env> {
  return async (c) => {
    const form = await readForm(c);
    const mode = platformOf(sim, c, form);
    const clientId = form.get('client_id');
    const account = form.get('stripe_user_id');
    if (!clientId) throw new OAuthFailure('invalid_request', 'No client_id provided.');
    if (!account) throw new OAuthFailure('invalid_request', 'No stripe_user_id provided.');
    if (sim.seed.platform[mode].clientId !== clientId)
      throw new OAuthFailure('invalid_client', `No such application in ${mode} mode: '${clientId}'`);
    if (!sim.connections.revoke(account, mode))
      throw new OAuthFailure(
        'invalid_client',
        `This application is not connected to stripe account ${account}, or that account does not exist.`,
      );
    return c.json({ stripe_user_id: account });
  };
}

export function connectRoutes(app: Hono<Env>, sim: Simulation) {
  app.get('/oauth/authorize', authorize(sim));
  app.post('/oauth/authorize', authorize(sim));
  app.post('/oauth/token', token(sim));
  app.post('/oauth/deauthorize', deauthorize(sim));
}
