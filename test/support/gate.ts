/** A gate before a simulator: it lets everything through until a request is to be held, before or after it happens. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Hold = {
  matches: (method: string, url: string, body: string) => boolean;
  moment: 'before' | 'after';
  reached: () => void;
};
type Pause = { matches: Hold['matches']; reached: () => void; over: Promise<void> };

export async function openGate(target: string) {
  let hold: Hold | null = null;
  let pause: Pause | null = null;
  const server = createServer((incoming, answer) => void pass(incoming, answer));

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const held = hold?.matches(incoming.method ?? '', incoming.url ?? '', body.toString()) ? hold : null;
    if (held?.moment === 'before') return held.reached();
    const paused = pause?.matches(incoming.method ?? '', incoming.url ?? '', body.toString()) ? pause : null;
    paused?.reached();
    await paused?.over;
    const sent = forward(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (got) => {
        if (held !== null) {
          got.resume();
          got.on('end', held.reached);
          return;
        }
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      },
    );
    sent.on('error', () => answer.destroy());
    sent.end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The first request that matches never gets an answer. Resolves when it has come, or when it has happened. */
    hold(moment: Hold['moment'], matches: Hold['matches']): Promise<void> {
      return new Promise((resolve) => {
        hold = { moment, matches, reached: resolve };
      });
    },
    /** What matches waits here until it may go on. */
    pause(matches: Hold['matches']): { reached: Promise<void>; goOn: () => void } {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
      const { promise: over, resolve: goOn } = Promise.withResolvers<void>();
      pause = { matches, reached: reach, over };
      return { reached, goOn };
    },
    open() {
      hold = null;
      pause = null;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
