/** Everything the popup paints, put together from what is stored. Asks nobody. */
import type { PopupState } from '../contract/messages.ts';
import type { Mode } from '../contract/words.ts';
import type { PairingStore } from './pairing.ts';
import type { Queue } from './queue.ts';
import type { SessionStore } from './session.ts';

export type PopupSources = {
  pairing: Pick<PairingStore, 'current' | 'lost'>;
  session: SessionStore;
  queues: Record<Mode, Pick<Queue, 'summary'>>;
  running: (mode: Mode) => boolean;
  nextRunAt: () => Promise<number | null>;
  /** When the proxy last told by itself that something is new. */
  hintAt: () => Promise<number | null>;
};

export async function popupState(from: PopupSources): Promise<PopupState> {
  const mode = await from.session.mode();
  const [paired, cached, problem, lost, queue, lastRun, nextRunAt, looked, hintAt] = await Promise.all([
    from.pairing.current(),
    from.session.cached(),
    from.session.problem(mode),
    from.pairing.lost(),
    from.queues[mode].summary(),
    from.session.lastRun(mode),
    from.nextRunAt(),
    from.session.looked(mode),
    from.hintAt(),
  ]);
  return {
    // The proxy can change a browser's role, so its last word goes before what was said when pairing.
    paired: paired && { ...paired, role: cached?.session.role ?? paired.role },
    mode,
    session: paired && (cached?.session ?? null),
    sessionAt: paired && (cached?.at ?? null),
    // A run that ends after a person unpaired may leave its refusal; that is of no interest any more.
    problem: lost?.toProblem() ?? (paired && problem),
    queue,
    running: from.running(mode),
    lastRun,
    nextRunAt: paired && nextRunAt,
    looked,
    hintAt: paired && hintAt,
  };
}
