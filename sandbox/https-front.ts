import { createServer } from 'node:https';
import { isIP } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { generate } from 'selfsigned';
import { type Listening, listen } from './listen.ts';

/** A simulator's app as Hono makes it; `env` carries Node's own request, which faults need to cut a connection. */
export type App = { fetch(request: Request, env?: unknown): Response | Promise<Response> };

/**
 * Real host names over HTTPS, each answered by a simulator: what a browser that maps these names to here sees is
 * what people see, so the extension that is tested is the one that ships, content script matches and all.
 */
export async function startHttpsFront(
  apps: Record<string, App>,
): Promise<Listening & { certificate: string }> {
  const hosts = Object.keys(apps);
  const certificate = await generate([{ name: 'commonName', value: 'sandbox' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
      },
    ],
  });
  const answer = getRequestListener((request, env) => {
    const app = apps[new URL(request.url).hostname];
    return app
      ? app.fetch(request, env)
      : new Response('No simulator answers for this host.', { status: 421 });
  });
  const server = createServer({ key: certificate.private, cert: certificate.cert }, answer);
  return { ...(await listen(server, 0)), certificate: certificate.cert };
}

/** Chromium's flag that leads the names to the front. */
export function hostResolverRules(hosts: string[], port: number): string {
  return `--host-resolver-rules=${hosts.map((host) => `MAP ${host}:443 127.0.0.1:${port}`).join(', ')}`;
}
