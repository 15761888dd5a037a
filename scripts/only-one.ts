import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from './say.ts';

/** A socket rather than a file with a process id: it ends with its process, however that ends. */
function addressOf(what: string): string {
  const name = `advocate-credits-${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listenOn(address: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(address, () => resolve(() => server.close())).unref();
  });
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address, () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}

/** Answers how to let go, or refuses with `sentence` while another process in this folder holds it. */
export async function holdOnly(what: string, sentence: string): Promise<() => void> {
  const address = addressOf(`${what} ${import.meta.dirname}`);
  const held = await listenOn(address);
  if (held) return held;
  if (await isAnswered(address)) throw new Refusal(sentence);
  // Its process was killed and left the file.
  rmSync(address, { force: true });
  const taken = await listenOn(address);
  if (!taken) throw new Refusal(sentence);
  return taken;
}
