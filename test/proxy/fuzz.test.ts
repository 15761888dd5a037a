/** Bad requests by the thousand change nothing and find nothing; and they do find what is wrong, where something is. */
import { once } from 'node:events';
import { request as ask, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fuzzProxy } from '../fuzz/fuzz-proxy.ts';
import { startTarget, type Target } from '../fuzz/target.ts';

let target: Target;
beforeAll(async () => {
  target = await startTarget();
}, 120_000);
afterAll(async () => {
  expect(await target.close()).toBe(0);
}, 120_000);

const run = (at: Target, requests: number) => fuzzProxy(at, { requests, seed: 11, say: () => undefined });

/** Answers true where it has answered by itself. */
type Defect = (url: string, response: ServerResponse) => Promise<boolean> | boolean;

/** A proxy with a mistake: the real one, behind a front that does wrong at some addresses. */
async function withDefect(defect: Defect): Promise<Target> {
  const server = createServer(async (asked, response) => {
    if (await defect(asked.url ?? '', response)) {
      asked.resume();
      return;
    }
    const { method, url, headers } = asked;
    const { hostname, port } = new URL(target.url);
    const further = ask({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    further.on('error', () => response.destroy());
    asked.pipe(further);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { ...target, url: `http://127.0.0.1:${port}` };
}

function refuse(response: ServerResponse, detail: string, status = 400): true {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ code: 'bad_request', detail }));
  return true;
}

test('nothing is found: no 5xx, no crash, nothing changed, no secret told', async () => {
  const { findings, requests, statuses } = await run(target, 1_000);
  expect(findings).toEqual([]);
  expect(requests).toBe(1_000);
  // It was not the same refusal a thousand times.
  for (const status of [200, 400, 401, 403, 404]) expect(statuses[status]).toBeGreaterThan(5);
}, 120_000);

const kinds = async (defect: Defect, requests = 500) => {
  const { findings } = await run(await withDefect(defect), requests);
  return [...new Set(findings.map(({ kind }) => kind))];
};

test.each<[string, string, Defect]>([
  ['failed', 'answers with a failure', (url, to) => url.includes('/overview') && refuse(to, 'x', 500)],
  [
    'told a secret',
    'tells a key',
    (url, to) => url.includes('/ledger') && refuse(to, target.secrets[0] ?? ''),
  ],
  [
    'told a secret',
    'tells a token in another form',
    (url, to) => url.includes('/team') && refuse(to, Buffer.from(target.tokens.support).toString('base64')),
  ],
  [
    'told of its insides',
    'shows a stack',
    (url, to) => url.includes('/audit') && refuse(to, new TypeError('x').stack ?? ''),
  ],
  ['accepted', 'lets everybody in', (url, to) => url.includes('/settings') && refuse(to, 'x', 200)],
  [
    'no code',
    'refuses without a code',
    (url, to) => url.includes('/units') && !to.writeHead(400).end('no').closed,
  ],
])(
  '“%s” is found where a proxy %s',
  async (kind, _, defect) => {
    expect(await kinds(defect)).toContain(kind);
  },
  120_000,
);

test('“changed something” is found where a bad request does what it asks, with the request', async () => {
  const at = await withDefect(async (url) => {
    if (!url.includes('/holds')) return false;
    await fetch(`${target.url}/v1/session/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.tokens.admin}` },
    });
    return false;
  });
  const { findings } = await run(at, 500);
  const found = findings.find(({ kind }) => kind === 'changed something');
  expect(found).toMatchObject({ where: 'table tokens' });
  expect(JSON.stringify(found?.sent)).toContain('/holds');
}, 120_000);

test('“crashed” is found where a proxy answers nobody any more', async () => {
  let dead = false;
  const found = await kinds((url, response) => {
    dead ||= url.includes('/reversals');
    if (dead) response.destroy();
    return dead;
  });
  expect(found).toContain('crashed');
}, 120_000);
