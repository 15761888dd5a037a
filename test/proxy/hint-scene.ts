/** Proxies that listen on a port, browsers that listen for hints, and webhooks signed as Advocate signs them. */
import { serve } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { HINTS_PROTOCOL, type Hint, TOKEN_PROTOCOL } from '../../src/contract/hints.ts';
import type { createApp } from '../../src/proxy/app.ts';
import type { Parts } from '../../src/proxy/parts.ts';

type Proxy = { app: ReturnType<typeof createApp>; parts: Parts };

/** On a free port of this machine, as server.ts does it; answers its address. */
export async function listenOnPort({ app, parts }: Proxy): Promise<string> {
  let url = '';
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const options = { fetch: app.fetch, hostname: '127.0.0.1', port: 0, websocket: parts.hints.websocket };
    const listening = serve(options, ({ port }) => {
      url = `http://127.0.0.1:${port}`;
      resolve(listening);
    });
  });
  await parts.hints.start();
  onTestFinished(async () => {
    await parts.hints.stop();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  });
  return url;
}

export type Listening = {
  socket: WebSocket;
  hints: Hint[];
  /** Resolves with all hints once there are so many. */
  until: (count: number) => Promise<Hint[]>;
  /** Resolves with the code and the reason when the proxy ends it. */
  ended: Promise<string>;
};
type Offer = { protocols?: string[]; origin?: string; path?: string };

const socketAt = (proxy: string, token: string, { protocols, origin, path = '/v1/hints' }: Offer) =>
  new WebSocket(
    `${proxy.replace(/^http/, 'ws')}${path}`,
    protocols ?? [HINTS_PROTOCOL, `${TOKEN_PROTOCOL}${token}`],
    origin === undefined ? {} : { origin },
  );

/** A browser's worker that listens. */
export async function listenFor(proxy: string, token: string, offer: Offer = {}): Promise<Listening> {
  const socket = socketAt(proxy, token, offer);
  const hints: Hint[] = [];
  let arrived = () => {};
  socket.on('message', (data) => {
    hints.push(JSON.parse(String(data)));
    arrived();
  });
  const ended = new Promise<string>((resolve) =>
    socket.on('close', (code, reason) => resolve(`${code} ${reason}`.trim())),
  );
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const until = (count: number) =>
    new Promise<Hint[]>((resolve) => {
      arrived = () => hints.length >= count && resolve([...hints]);
      arrived();
    });
  return { socket, hints, until, ended };
}

/** The status with which the proxy refuses to open one. */
export function refusedWith(proxy: string, token: string, offer: Offer = {}): Promise<number> {
  const socket = socketAt(proxy, token, offer);
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      socket.terminate();
    });
    socket.on('open', () => {
      socket.terminate();
      reject(new Error('it was let in'));
    });
    socket.on('error', () => undefined);
  });
}
