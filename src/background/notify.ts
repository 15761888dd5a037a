/**
 * Tells a person, by a notification of the browser, what goes on only with them. What is told is written down before it
 * is shown, so that a worker that dies in between tells it not at all rather than twice; the badge says it all the same.
 */
import type { Notifications } from 'webextension-polyfill';
import { isQuiet, QuietAnswer, type QuietHours, USUAL_QUIET } from '../contract/quiet-hours.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { dashboardUrl } from '../ui/dashboard-url.ts';
import type { browser } from './browser-api.ts';
import { decide, NOBODY_TOLD, NOTHING_HELD, readPlace, type Standing, Told, type Untold } from './notices.ts';
import type { PairingStore } from './pairing.ts';
import type { Queue } from './queue.ts';
import type { SessionStore } from './session.ts';
import { type Area, stored } from './stored.ts';
import { storedInIdb } from './stored-in-idb.ts';

type Browser = typeof browser;
/** Not every browser has all of it, and a test brings its own. */
export type NotifierApi = {
  runtime: Pick<Browser['runtime'], 'getURL'>;
  notifications?: {
    create(id: string, options: Notifications.CreateNotificationOptions): Promise<string>;
    clear(id: string): Promise<boolean>;
  };
  tabs?: Pick<Browser['tabs'], 'create'>;
  windows?: Pick<Browser['windows'], 'create'>;
};

type Options = {
  api: NotifierApi;
  local: Area;
  pairing: Pick<PairingStore, 'current'>;
  session: Pick<SessionStore, 'cached' | 'chooseMode'>;
  queues: Record<Mode, Pick<Queue, 'takeUntold'>>;
  changed: () => void;
  now?: () => number;
};

export function createNotifier(options: Options) {
  const { api, local, pairing, session, queues, changed, now = Date.now } = options;
  const told = storedInIdb('told', Told);
  const quietHours = stored(local, 'quiet', QuietAnswer);
  let last: Promise<void> = Promise.resolve();

  async function quiet(): Promise<QuietHours | null> {
    const kept = await quietHours.get();
    return kept ? kept.quiet : USUAL_QUIET;
  }

  /** What is taken counts as told, so the failure of one mode must not keep back what the other one gave. */
  async function taken(mode: Mode): Promise<Untold> {
    try {
      return await queues[mode].takeUntold();
    } catch (error) {
      console.error(error);
      return NOTHING_HELD;
    }
  }

  /** Of a mode that was never turned on nobody expects anything yet. */
  async function standings(quietNow: boolean): Promise<Standing[]> {
    const modes = (await session.cached())?.session.modes;
    if (!modes) return [];
    const on = MODES.filter((mode) => modes[mode].settings.turnedOnAt !== null);
    return Promise.all(
      on.map(async (mode): Promise<Standing> => {
        const { connected, broken } = modes[mode].stripe;
        const held = quietNow ? NOTHING_HELD : await taken(mode);
        return { mode, held, lost: !connected && broken !== null };
      }),
    );
  }

  async function lookOnce(): Promise<void> {
    if (!api.notifications) return;
    const role = (await session.cached())?.session.role;
    if (role !== 'admin' || (await pairing.current()) === null) return;
    const known = (await told.get()) ?? NOBODY_TOLD;
    const quietNow = isQuiet(await quiet(), new Date(now()));
    const { notice, told: next } = decide(await standings(quietNow), known, quietNow);
    if (JSON.stringify(next) !== JSON.stringify(known)) await told.set(next);
    if (notice === null) return;
    const { id, title, message } = notice;
    const iconUrl = api.runtime.getURL('icons/icon-128.png');
    // A person may have turned notifications off for this browser.
    await api.notifications.create(id, { type: 'basic', iconUrl, title, message }).catch(() => '');
  }

  return {
    quiet,
    setQuiet: (hours: QuietHours | null) => quietHours.set({ quiet: hours }),

    /** One after the other: two looks at once would both find the same news. */
    look(): Promise<void> {
      last = last.then(lookOnce, lookOnce);
      return last;
    },

    /** To the dashboard, in the mode and at the place that it was about. */
    async clicked(id: string): Promise<void> {
      const place = readPlace(id);
      if (place === null) return;
      await session.chooseMode(place.mode);
      changed();
      const url = api.runtime.getURL(addressOf(place.what, place.reward).slice(1));
      await api.notifications?.clear(id);
      try {
        await api.tabs?.create({ url });
      } catch {
        // Without a window there is no place for a tab.
        await api.windows?.create({ url });
      }
    },
  };
}
export type Notifier = ReturnType<typeof createNotifier>;

function addressOf(what: 'lost' | 'held', reward: string | null): string {
  if (what === 'lost') return dashboardUrl('health');
  return reward === null
    ? dashboardUrl('rewards', undefined, { state: 'held' })
    : dashboardUrl('rewards', reward);
}
