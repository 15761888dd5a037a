/** Leads real host names to the sandbox, where Firefox has no switch for it: as the proxy that it asks for them. */
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { listen } from '../../../sandbox/listen.ts';

export async function openTunnel(front: number): Promise<{ port: number; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((_, answer) => answer.writeHead(421).end());
  server.on('connect', (_request, socket: Socket) => {
    const there = connect(front, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(there).pipe(socket);
    });
    for (const [one, other] of [
      [socket, there],
      [there, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one));
    }
  });
  const { port, close } = await listen(server, 0);
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}
