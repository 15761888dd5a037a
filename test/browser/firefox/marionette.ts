/** Firefox's own remote control (Marionette, protocol 3): each message is its length, a colon and JSON. */
import { connect, type Socket } from 'node:net';

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };
type Failure = { error: string; message: string };

export class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #received = Buffer.alloc(0);
  #last = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox is gone.'));
    });
  }

  static async reach(port: number): Promise<Marionette> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Marionette(socket);
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#received.toString('latin1', 0, colon));
      if (this.#received.length < end) return;
      const message: unknown = JSON.parse(this.#received.toString('utf8', colon + 1, end));
      this.#received = this.#received.subarray(end);
      // The first one only says who it is.
      if (Array.isArray(message)) this.#settle(message[1], message[2], message[3]);
    }
  }

  #settle(id: number, failure: Failure | null, result: unknown): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure === null) waiting?.resolve(result);
    else waiting?.reject(new Error(`${failure.error}: ${failure.message}`));
  }

  ask<T = unknown>(command: string, parameters: object = {}): Promise<T> {
    this.#last += 1;
    const id = this.#last;
    const body = Buffer.from(JSON.stringify([0, id, command, parameters]));
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(Buffer.concat([Buffer.from(`${body.length}:`), body]));
    }) as Promise<T>;
  }

  close(): void {
    this.#socket.destroy();
  }
}
