/** A team's channel, and proxies that speak to it. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Alerts } from '../../src/proxy/alerts.ts';
import { createParts, type Parts } from '../../src/proxy/parts.ts';
import { type Cast, type Stage, setStage } from './stage.ts';

type Answer = (request: IncomingMessage) => { status: number; location?: string } | 'silence';
/** What a team's channel heard. */
export async function listen(answer: Answer = () => ({ status: 200 })) {
  const heard: { path: string; body: { text: string } }[] = [];
  let how = answer;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      heard.push({ path: request.url ?? '', body: text === '' ? { text } : JSON.parse(text) });
      const said = how(request);
      if (said === 'silence') return request.socket.destroy();
      response.writeHead(said.status, said.location === undefined ? {} : { location: said.location });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    heard,
    texts: () => heard.map(({ body }) => body.text),
    answer: (next: Answer) => {
      how = next;
    },
  };
}
export const hookOf = (channel: { url: string }) => `${channel.url}/services/T0/B0/secretsecret`;
export const setScene = (channel: { url: string }, cast: Cast = {}) =>
  setStage({ ...cast, env: { ...cast.env, ALERT_WEBHOOK_URL: hookOf(channel) } });
export const tick = ({ parts }: Stage) => parts.alerts.tick();
export const later = (stage: Stage, ms: number) => {
  const before = stage.parts.now();
  stage.setClock(() => before + ms);
};
/** The same database after a restart, or under another proxy: it remembers nothing else. */
export const partsAgain = ({ parts: { environment, log, now, sleep }, db }: Stage): Promise<Parts> =>
  createParts(environment, db, log, () => '', now, sleep);
export const restarted = async (stage: Stage): Promise<Alerts> => (await partsAgain(stage)).alerts;
