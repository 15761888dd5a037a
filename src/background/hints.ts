/**
 * Listens for hints while the worker runs: something is new, so look now instead of at the next alarm. A hint starts the
 * run that a person's click and the alarm start, and decides nothing. Nothing is sent, so nothing keeps the worker alive:
 * when the browser stops it the connection ends, the alarms wake it as ever, and it listens again.
 */
import * as v from 'valibot';
import { Hint } from '../contract/hints.ts';
import type { PopupState } from '../contract/messages.ts';
import { MODES } from '../contract/words.ts';
import type { PairingStore } from './pairing.ts';
import { type Area, stored } from './stored.ts';

/** A connection that is refused or lost is tried again when the next alarm wakes the worker, not sooner. */
const AGAIN_MS = 25_000;

/** What of a WebSocket is used. */
type Ear = {
  close(): void;
  addEventListener(type: 'message' | 'close', listener: (event: Event) => void): void;
};
type Options = {
  pairing: Pick<PairingStore, 'listen'>;
  /** Of the browser's session: what was heard before it started says nothing any more. */
  memory: Area;
  /** Starts a run, or has one follow the run that is under way. */
  kick: () => Promise<void>;
  changed: () => void;
  Socket?: new (url: string, protocols: string[]) => Ear;
  now?: () => number;
};
export type Hints = ReturnType<typeof createHints>;

export function createHints({ pairing, memory, kick, changed, Socket = WebSocket, now = Date.now }: Options) {
  let current: { socket: Ear; proxy: string } | null = null;
  let opening = false;
  let triedAt: number | null = null;
  const heardAt = stored(memory, 'hintAt', v.number());

  function close(): void {
    const former = current;
    current = null;
    former?.socket.close();
  }

  async function hear(data: unknown): Promise<void> {
    // What a newer proxy tells that we do not know is left to the next alarm.
    if (typeof data !== 'string' || !v.safeParse(Hint, parse(data)).success) return;
    void kick();
    await heardAt.set(now());
    changed();
  }

  async function open(proxy: string): Promise<void> {
    opening = true;
    triedAt = now();
    try {
      const socket = await pairing.listen((url, protocols) => new Socket(url, protocols));
      const mine = { socket, proxy };
      current = mine;
      socket.addEventListener('message', (event) => {
        if (current === mine && event instanceof MessageEvent) void hear(event.data).catch(console.error);
      });
      socket.addEventListener('close', () => {
        if (current === mine) current = null;
      });
    } catch {
      // Not allowed to reach it, or not paired any more: the run that asks says so.
    } finally {
      opening = false;
    }
  }

  return {
    heardAt: () => heardAt.get(),
    close(): void {
      close();
      triedAt = null;
    },

    /** Listens while there is something to listen for, and to the proxy that this browser is paired with. */
    async follow({ paired, session }: Pick<PopupState, 'paired' | 'session'>): Promise<void> {
      const wanted = paired !== null && session !== null && MODES.some((mode) => isOn(session.modes[mode]));
      if (current !== null && (!wanted || current.proxy !== paired.proxy)) close();
      if (!wanted || current !== null || opening) return;
      const waited = triedAt === null ? AGAIN_MS : Math.abs(now() - triedAt);
      if (waited >= AGAIN_MS) await open(paired.proxy);
    },
  };
}

type ModeState = NonNullable<PopupState['session']>['modes']['test'];
const isOn = ({ advocate, settings }: ModeState) =>
  advocate.configured && settings.units.length > 0 && !settings.paused;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
