/** Entry of the background worker: wires, and does nothing else. */
import { speakAsBrowser } from '../ui/browser-words.ts';
import { answer } from './answer.ts';
import { browser } from './browser-api.ts';
import type { Sender } from './senders.ts';
import { ALARM, createWorker } from './worker.ts';

speakAsBrowser();
const worker = createWorker(browser);
const ready = worker.start();
const self = { id: browser.runtime.id, origin: browser.runtime.getURL('').replace(/\/$/, '') };
const run = () => ready.then(() => worker.runs.tick());

// A stopped worker is started by these events, and only hears them when it listens from the first moment on.
browser.runtime.onMessage.addListener((message: unknown, sender: Sender) =>
  ready.then(() => answer(message, sender, self, worker.handlers)),
);
browser.alarms.onAlarm.addListener((alarm) => (alarm.name === ALARM ? void run() : undefined));
// Missing where the browser does not know the permission.
browser.notifications?.onClicked.addListener((id) => void ready.then(() => worker.openNotified(id)));
// A person may give and take the proxy's permission at any time: it goes on, or pauses and says so, at once.
browser.permissions.onAdded.addListener(() => void run());
browser.permissions.onRemoved.addListener(() => void run());
browser.runtime.onStartup.addListener(() => void run());
browser.runtime.onInstalled.addListener(() => void run());
