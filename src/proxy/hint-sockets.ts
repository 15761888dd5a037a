/** The browsers that listen at this proxy: who is let in, who is told what, and who is shown out. */
import type { Hint } from '../contract/hints.ts';
import type { Mode } from '../contract/words.ts';
import type { Browser } from './pairing.ts';

/** A worker that was started anew comes before its former connection is known to be dead. */
const SOCKETS_OF_ONE_BROWSER = 2;
const SOCKETS = 2_000;
/** Who does not read is let go: it looks for itself anyway. */
const MOST_UNREAD = 16 * 1024;
/** The first hint goes at once; more of its kind within this time become one. */
const PAUSE_MS = 1_000;
/** Asked so often whether anybody is still there, by the protocol's own ping, which wakes no browser. */
const PING_MS = 30_000;
/** Whoever does not take leave within this time is cut, so that a proxy that stops waits for nobody. */
const LEAVE_MS = 2_000;

/** As RFC 6455 numbers them. */
const GOING_AWAY = 1001;
const NOT_ALLOWED = 1008;
const TRY_LATER = 1013;

/** What of a WebSocket (ws) is used. */
export type Socket = {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping(): void;
  on(event: 'pong' | 'close' | 'message', listener: () => void): unknown;
};
type Listener = {
  browser: Browser;
  socket: Socket;
  /** Who it is by now; null once it is not paired any more. */
  who: () => Promise<Browser | null>;
  answered: boolean;
  /** When each kind of hint was last sent, and the timer of the one that waits. */
  sent: Map<string, number>;
  waiting: Map<string, NodeJS.Timeout>;
};

type Options = {
  /** Who drains in this mode; null when nobody holds the lease. */
  drains: (mode: Mode) => Promise<string | null>;
  most?: number;
};

export type HintSockets = ReturnType<typeof createHintSockets>;

export function createHintSockets({ drains, most = SOCKETS }: Options) {
  const listeners = new Set<Listener>();
  let round: NodeJS.Timeout | undefined;
  let closed = false;
  const isFull = () => closed || listeners.size >= most;

  function leave(listener: Listener): void {
    listeners.delete(listener);
    for (const timer of listener.waiting.values()) clearTimeout(timer);
    if (listeners.size > 0) return;
    clearInterval(round);
    round = undefined;
  }

  function showOut(listener: Listener, code: number, reason: string): void {
    leave(listener);
    listener.socket.close(code, reason);
    setTimeout(() => listener.socket.terminate(), LEAVE_MS).unref();
  }

  function cut(listener: Listener): void {
    leave(listener);
    listener.socket.terminate();
  }

  function send(listener: Listener, hint: Hint, name: string): void {
    listener.waiting.delete(name);
    if (listener.socket.bufferedAmount > MOST_UNREAD) {
      cut(listener);
      return;
    }
    listener.sent.set(name, performance.now());
    listener.socket.send(JSON.stringify({ mode: hint.mode, kind: hint.kind } satisfies Hint));
  }

  function offer(listener: Listener, hint: Hint): void {
    const name = `${hint.mode} ${hint.kind}`;
    if (listener.waiting.has(name)) return;
    const wait = (listener.sent.get(name) ?? -PAUSE_MS) + PAUSE_MS - performance.now();
    if (wait <= 0) send(listener, hint, name);
    else listener.waiting.set(name, setTimeout(() => send(listener, hint, name), wait).unref());
  }

  /** Dead connections go, and so do browsers that were removed since. */
  async function look(): Promise<void> {
    for (const listener of [...listeners]) {
      // Gone while others were asked about.
      if (!listeners.has(listener)) continue;
      if (!listener.answered) {
        cut(listener);
        continue;
      }
      // Whoever cannot be asked about stays until the next round: a hint tells nothing that is worth a secret.
      const who = await listener.who().catch(() => listener.browser);
      if (who === null) {
        showOut(listener, NOT_ALLOWED, 'not paired any more');
        continue;
      }
      listener.browser = who;
      listener.answered = false;
      listener.socket.ping();
    }
  }

  return {
    size: () => listeners.size,
    isFull,

    join(browser: Browser, socket: Socket, who: Listener['who']): void {
      if (isFull()) {
        socket.close(TRY_LATER, 'too many browsers here');
        return;
      }
      const listener: Listener = {
        browser,
        socket,
        who,
        answered: true,
        sent: new Map(),
        waiting: new Map(),
      };
      const own = [...listeners].filter((other) => other.browser.id === browser.id);
      for (const former of own.slice(0, Math.max(0, own.length - SOCKETS_OF_ONE_BROWSER + 1)))
        showOut(former, NOT_ALLOWED, 'this browser has come again');
      listeners.add(listener);
      socket.on('pong', () => {
        listener.answered = true;
      });
      socket.on('close', () => leave(listener));
      // Browsers listen here and ask elsewhere.
      socket.on('message', () => showOut(listener, NOT_ALLOWED, 'nothing is to be said here'));
      round ??= setInterval(() => void look(), PING_MS).unref();
    },

    /**
     * News of the connection goes to all, for all show it. Everything else goes to whoever drains: others would only be
     * told that somebody else does. Where nobody does, any admin may begin.
     */
    async tell(hints: readonly Hint[]): Promise<void> {
      if (listeners.size === 0) return;
      const drain = new Map<Mode, string | null>();
      for (const { mode } of hints) if (!drain.has(mode)) drain.set(mode, await drains(mode));
      for (const hint of hints) {
        const holder = drain.get(hint.mode) ?? null;
        for (const listener of [...listeners]) {
          const { id, role } = listener.browser;
          const isRight = holder === null ? role === 'admin' : id === holder;
          if (hint.kind === 'connection' || isRight) offer(listener, hint);
        }
      }
    },

    close(): void {
      closed = true;
      for (const listener of [...listeners]) showOut(listener, GOING_AWAY, 'the proxy stops');
    },
  };
}
