/** What lies between the machines: requests that are lost, late, cut in half or refused, and hosts that are down. */
import type { Machines, Mishap, Process, Step } from './machines.ts';
import { presentProcess } from './machines.ts';

export type Host = { process: Process; fetch: (request: Request) => Response | Promise<Response> };
export type Passing = { from: Process; to: Process; method: string; path: string; body: string };

export type Spies = {
  /** Before the request reaches its host; answers what shall happen to it on the way. */
  onDeparture: (passing: Passing) => Mishap | null;
  /** In the moment of delivery. */
  onDelivery: (passing: Passing) => void;
};

/** How long a request may linger on the wire after its sender gave up. */
const LATEST_MS = 4 * 60_000;

export type Network = ReturnType<typeof createNetwork>;

export function createNetwork(machines: Machines, spies: Spies) {
  const hosts = new Map<string, (from: Process) => Host | null>();
  /** Exchanges under way, so that a process that dies takes its ends of them along. */
  const open = new Set<{ from: Process; to: Process; senderGone: () => void; hostGone: () => void }>();

  /** What becomes of a request that was on the wire when its sender died. */
  let wire: 'either' | 'withdrawn' | 'arrives' = 'either';

  const reset = () => Object.assign(new TypeError('fetch failed'), { cause: new Error('ECONNRESET') });

  async function send(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const sender = presentProcess();
    if (sender === undefined) throw new Error('The harness itself asks nobody over the network.');
    const from: Process = sender;
    // What the dead still wanted to say nobody hears.
    if (!from.alive) return new Promise(() => undefined);
    // A request that knew the signal would be kept for ever by what the signal knows.
    const request = new Request(input, { ...init, signal: null });
    const { origin, pathname } = new URL(request.url);
    const host = hosts.get(origin)?.(from) ?? null;
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const body = init?.body === undefined || init.body === null ? '' : String(init.body);
    if (host === null) throw reset();
    const passing: Passing = { from, to: host.process, method: request.method, path: pathname, body };
    const mishap = spies.onDeparture(passing);

    return new Promise<Response>((resolve, reject) => {
      let gone = false;
      const giveUp = (why: unknown) => {
        if (gone) return;
        gone = true;
        machines.hear(from, () => `no answer ${String(why)}`);
        open.delete(exchange);
        reject(why);
      };
      const exchange = {
        from,
        to: host.process,
        /** A dead sender may have got its request out, or not. */
        senderGone: () => {
          gone = true;
          open.delete(exchange);
          if (wire === 'withdrawn' || (wire === 'either' && machines.random() < 0.5)) machines.withdraw(step);
        },
        hostGone: () => giveUp(reset()),
      };
      open.add(exchange);
      signal?.addEventListener('abort', () => giveUp(signal.reason));
      if (signal?.aborted) return giveUp(signal.reason);

      const step: Step = {
        process: from,
        target: host.process,
        what: `wire ${from.name} → ${host.process.name} ${request.method} ${pathname}`,
        ...(mishap === 'late' && {
          notBefore: machines.now() + 21_000 + Math.floor(machines.random() * LATEST_MS),
        }),
        run: (how) => void (how === 'late' ? delay() : deliver(how ?? mishap)),
      };
      machines.propose(step);

      /** The sender gives up now; the request arrives whenever somebody picks it. */
      function delay(): void {
        giveUp(new DOMException('The operation timed out.', 'TimeoutError'));
        machines.propose({ ...step, what: `${step.what}, late`, run: () => void deliver('late') });
      }

      async function deliver(mishap: Mishap | null): Promise<void> {
        if (mishap === 'lost') return giveUp(reset());
        if (host === null || !host.process.alive) return giveUp(reset());
        spies.onDelivery(passing);
        touchOutside(passing);
        try {
          const response = await machines.in(host.process, () => host.fetch(stripped(request, body)));
          if (mishap === 'answer lost' || mishap === 'late') {
            await response.body?.cancel();
            return giveUp(reset());
          }
          if (gone) return void (await response.body?.cancel());
          if (request.redirect === 'error' && response.status >= 300 && response.status < 400)
            return giveUp(reset());
          open.delete(exchange);
          if (machines.listens() && host.process.name === 'outside') {
            const text = await response.clone().text();
            machines.hear(from, () => `${response.status} ${text}`);
          }
          // Only what comes in lines is long enough on its way for an end to die meanwhile.
          const inLines = response.headers.get('content-type')?.includes('ndjson') === true;
          if (mishap === 'half answer') resolve(await half(response, signal));
          else resolve(inLines ? through(response, passing, signal) : response);
        } catch (error) {
          giveUp(error instanceof Error ? error : reset());
        }
      }
    });
  }

  /** What a request reads or writes beyond its host's own memory. */
  function touchOutside({ method, path, body }: Passing): void {
    if (path.startsWith('/v1/customers')) machines.touch(method === 'GET' ? 'stripe' : 'stripe!');
    const reads = path.endsWith('/graphql') && !body.includes('mutation ');
    if (path.startsWith('/api/v1/')) machines.touch(reads ? 'advocate' : 'advocate!');
  }

  /** The host must not see the sender's signal: cables carry bytes, not objects. */
  const stripped = (request: Request, body: string) =>
    new Request(request.url, {
      method: request.method,
      headers: request.headers,
      ...(request.method !== 'GET' && request.method !== 'HEAD' && body !== '' && { body }),
    });

  /** Chunk by chunk, and broken off when either end dies. */
  function through(response: Response, { from, to }: Passing, signal: AbortSignal | undefined): Response {
    if (response.body === null) return response;
    const reader = response.body.getReader();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const end = (why: unknown) => {
          open.delete(exchange);
          void reader.cancel().catch(() => {});
          try {
            controller.error(why);
          } catch {
            // It was read to its end.
          }
        };
        const exchange = {
          from,
          to,
          senderGone: () => end(reset()),
          hostGone: () => end(reset()),
        };
        open.add(exchange);
        signal?.addEventListener('abort', () => end(signal.reason));
        void (async () => {
          for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            controller.enqueue(value);
          }
          open.delete(exchange);
          controller.close();
        })().catch(end);
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  async function half(response: Response, signal: AbortSignal | undefined): Promise<Response> {
    const text = await response.text();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
        signal?.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  }

  return {
    fetch: send as typeof globalThis.fetch,
    /** Who answers at this address just now; null while nobody does. */
    serve: (origin: string, host: (from: Process) => Host | null) => void hosts.set(origin, host),
    /** Both ends of everything that a dead process had open. */
    cutOff(process: Process): void {
      for (const exchange of [...open]) {
        if (exchange.from === process) exchange.senderGone();
        else if (exchange.to === process) exchange.hostGone();
      }
    },
    underWay: () => [...open],
    onTheWire: (becomes: 'withdrawn' | 'arrives') => {
      wire = becomes;
    },
  };
}
