/** Every route × whoever may ask × mode, made from the routes that the proxy has and from its OpenAPI document. */
import { expect, test } from 'vitest';
import { OPEN, ROUTES } from './authorisation.ts';
import { ANNA, ANNAS_CUSTOMER, reward, type Stage, setStage } from './stage.ts';

const MODES = ['test', 'live'] as const;
const BLANKS: Record<string, string> = {
  id: ANNAS_CUSTOMER,
  reward: reward().id,
  browser: '00000000-0000-4000-8000-000000000000',
  ...ANNA,
};

const routesOf = ({ app }: Stage) => [
  ...new Set(
    app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  ),
];

const address = (path: string, mode: string) =>
  path
    .replace('/v1', '')
    .replace(/:(\w+)/g, (_, name) => encodeURIComponent(name === 'mode' ? mode : (BLANKS[name] ?? '')));

test('every route of the proxy is put down with who may use it', async () => {
  const stage = await setStage();
  expect(routesOf(stage).sort()).toEqual([...Object.keys(ROUTES), ...OPEN].sort());
});

test('every route behind the token is in the OpenAPI document', async () => {
  const stage = await setStage();
  const document = (await (await stage.app.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  expect(Object.keys(ROUTES).filter((route) => !told.includes(route))).toEqual([]);
});

test('each route in each mode lets in whom it is for, and nobody else', async () => {
  const stage = await setStage();
  const removed = await stage.pairAs('admin');
  const session = await stage.ask('GET', '/session', undefined, removed);
  await stage.ask('DELETE', `/team/${(session.body.browser as { id: string }).id}`);
  const wrong: string[] = [];
  let asked = 0;
  for (const route of routesOf(stage).filter((one) => !OPEN.includes(one)))
    for (const mode of route.includes(':mode') ? MODES : [''])
      for (const who of ['nobody', 'forged', 'removed', 'support', 'admin'] as const) {
        const [method = '', path = ''] = route.split(' ');
        // Asked anew each time: a route may give its own token up.
        const tokens = {
          nobody: '',
          forged: 'A'.repeat(43),
          removed,
          support: await stage.pairAs('support'),
          admin: await stage.pairAs('admin'),
        };
        // An empty body is refused by its schema at the latest: only who asks is in question here.
        const body = method === 'GET' ? undefined : {};
        const { status } = await stage.ask(method, address(path, mode), body, tokens[who]);
        const refusal = status === 401 || status === 403 ? status : 'let in';
        const meant =
          who !== 'support' && who !== 'admin'
            ? 401
            : who === 'support' && ROUTES[route] === 'admin'
              ? 403
              : 'let in';
        asked++;
        if (refusal !== meant) wrong.push(`${route} in ${mode} mode by ${who}: ${refusal}, not ${meant}`);
      }
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(5 * Object.keys(ROUTES).length);
}, 120_000);

test('no token is good under another scheme, in the address or in a cookie', async () => {
  const stage = await setStage();
  const ask = (path: string, headers: Record<string, string>) => stage.app.request(`/v1${path}`, { headers });
  const tries = await Promise.all([
    ask('/session', { authorization: stage.admin }),
    ask('/session', { authorization: `Basic ${stage.admin}` }),
    ask('/session', { cookie: `token=${stage.admin}; authorization=Bearer ${stage.admin}` }),
    ask(`/session?access_token=${stage.admin}`, {}),
  ]);
  expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
});
