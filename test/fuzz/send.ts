/** Sends one request as it is, well-formed or not, and answers everything that came back. */
import { Agent, request as ask } from 'node:http';
import { connect } from 'node:net';
import type { BadRequest, Who } from './requests.ts';

/** `statuses`: of every answer on the connection; none where it was closed without one. */
export type Answered = { statuses: number[]; type: string; text: string };
export type Tokens = { admin: string; support: string };

/** Longer than the proxy waits for a client that is slow. */
const LONGEST_MS = 60_000;

const bearer = (who: Who, { admin, support }: Tokens): Record<string, string> =>
  ({
    admin: { authorization: `Bearer ${admin}` },
    support: { authorization: `Bearer ${support}` },
    nobody: {},
    forged: { authorization: `Bearer ${'A'.repeat(43)}` },
    misspelt: { authorization: `Basic ${admin}` },
  })[who];

export function createSender(url: string, tokens: Tokens) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const { hostname, port } = new URL(url);

  function once({ method, path, who, headers, body }: BadRequest): Promise<Answered> {
    return new Promise((resolve, reject) => {
      // Else Node sends it without a word on where it ends, with methods that have no body as a rule.
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const given = { ...headers, ...length, ...bearer(who, tokens) };
      const asked = ask({ agent, hostname, port, method, path, headers: given }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            statuses: [response.statusCode ?? 0],
            type: response.headers['content-type'] ?? '',
            text: `${response.rawHeaders.join('\n')}\n\n${Buffer.concat(chunks).toString('latin1')}`,
          }),
        );
      });
      asked.setTimeout(LONGEST_MS, () => asked.destroy(new Error('no answer')));
      asked.on('error', reject);
      asked.end(body ?? undefined);
    });
  }

  return {
    /** A connection that was kept may be closed at the moment in which it is used again: then it is asked once more. */
    request: (bad: BadRequest): Promise<Answered> =>
      once(bad).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return once(bad);
        throw error;
      }),

    /** Bytes on a connection of their own, which the client then ends. */
    bytes: (parts: Buffer[]): Promise<Answered> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        const chunks: Buffer[] = [];
        const done = () => {
          const text = Buffer.concat(chunks).toString('latin1');
          const statuses = [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, code]) => Number(code));
          resolve({ statuses, type: '', text });
        };
        socket.setTimeout(LONGEST_MS, () => socket.destroy(new Error('no answer')));
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        socket.on('close', done);
        // The proxy may close while bytes are still on their way.
        socket.on('error', (error: NodeJS.ErrnoException) =>
          error.code === 'ECONNRESET' || error.code === 'EPIPE' ? done() : reject(error),
        );
        for (const part of parts) socket.write(part);
        socket.end();
      }),

    close: () => agent.destroy(),
  };
}
