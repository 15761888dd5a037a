/** The worker's parts put together, apart from the browser's events, so that a test can hold one in its hands. */
import type { PopupState, StateChanged } from '../contract/messages.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { showBadge } from './badge.ts';
import { type browser, keepStorageFromPages } from './browser-api.ts';
import { createHandlers } from './handlers.ts';
import { createHints, type Hints } from './hints.ts';
import { createNotifier, type NotifierApi } from './notify.ts';
import { createPairing, mayTellSystem, nameOfBrowser, UNNAMED } from './pairing.ts';
import { popupState } from './popup-state.ts';
import { openQueue, type Queue } from './queue.ts';
import { createRuns } from './runs.ts';
import { createSession } from './session.ts';

export const ALARM = 'drain';
/** The shortest that Chrome 120 and later grant. */
const ALARM_MINUTES = 0.5;
/** Calls of the browser's interface keep it from stopping the worker, which it does after 30 idle seconds. */
const AWAKE_MS = 20_000;

/** While rewards go through one by one, nobody reads faster than this; telling takes its time from the rewards. */
const TELL_EVERY_MS = 250;

type Api = Pick<typeof browser, 'runtime' | 'storage' | 'alarms' | 'action' | 'permissions'> & NotifierApi;

export function createWorker(api: Api) {
  const { local, session: memory } = api.storage;
  const boot = crypto.randomUUID();
  const queues: Record<Mode, Queue> = {
    test: openQueue({ mode: 'test', boot }),
    live: openQueue({ mode: 'live', boot }),
  };
  const session = createSession({ local, session: memory });
  const pairing = createPairing({
    local,
    permissions: api.permissions,
    changed: () => hints.close(),
    browserName: async () =>
      (await mayTellSystem(api.permissions))
        ? nameOfBrowser(navigator.userAgent, (await api.runtime.getPlatformInfo()).os)
        : UNNAMED,
  });
  const runs = createRuns({ pairing, session, queues, changed, stayAwake });
  const hints: Hints = createHints({ pairing, memory, kick: runs.kick, changed });
  const nextRunAt = async () => (await api.alarms.get(ALARM))?.scheduledTime ?? null;
  const state = (): Promise<PopupState> =>
    popupState({ pairing, session, queues, running: runs.running, nextRunAt, hintAt: () => hints.heardAt() });
  const notifier = createNotifier({ api, local, pairing, session, queues, changed });
  const handlers = createHandlers({ pairing, session, queues, runs, notifier, state, changed });

  let telling = false;
  let stale = false;

  /** Many changes in a row become few messages: while one is on its way, the next waits and carries the rest. */
  function changed(): void {
    stale = true;
    if (!telling) void tell();
  }

  async function tell(): Promise<void> {
    telling = true;
    while (stale) {
      stale = false;
      try {
        const now = await state();
        await showBadge(api.action, now);
        void hints.follow(now);
        const message: StateChanged = { name: 'stateChanged', state: now };
        // Rejects when no page is open to hear it, which is the usual case.
        await api.runtime.sendMessage(message).catch(() => {});
        // In the middle of a run a reward may be held for a moment only.
        // Not waited for: after very many are held at once it takes a while, and pages go on meanwhile.
        if (!MODES.some(runs.running)) void notifier.look().catch(console.error);
      } catch (error) {
        console.error(error);
      }
      if (MODES.some(runs.running)) await new Promise((resolve) => setTimeout(resolve, TELL_EVERY_MS));
    }
    telling = false;
  }

  function stayAwake(work: Promise<unknown>): void {
    const beat = setInterval(() => void api.runtime.getPlatformInfo(), AWAKE_MS);
    const stop = () => clearInterval(beat);
    work.then(stop, stop);
  }

  return {
    handlers,
    runs,
    changed,
    openNotified: notifier.clicked,
    /** Firefox forgets alarms when it closes, Chrome sometimes; one that is there keeps its time. */
    async start(): Promise<void> {
      await keepStorageFromPages(local);
      if (!(await api.alarms.get(ALARM))) {
        await api.alarms.create(ALARM, { delayInMinutes: ALARM_MINUTES, periodInMinutes: ALARM_MINUTES });
      }
      changed();
    },
    close() {
      hints.close();
      return Promise.all([queues.test.close(), queues.live.close()]);
    },
  };
}
