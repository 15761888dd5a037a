import { render } from 'preact';
import { extensionApi } from '../ui/ask.ts';
import { speakOnPage } from '../ui/browser-words.ts';
import { keepFocus } from '../ui/keep-focus.ts';
import { App } from './App.tsx';
import { browserDoors } from './doors.ts';
import { createKept } from './kept.ts';
import { createStore } from './store.ts';

speakOnPage();
const { version } = extensionApi().runtime.getManifest();
const kept = createKept(() => localStorage, version);
const store = createStore(browserDoors, kept);
const root = document.getElementById('popup');
if (root) {
  // In one go with what replaces it, so that nothing flickers.
  root.replaceChildren();
  root.inert = false;
  // Before the worker is asked: the first frame does not wait for it to wake.
  render(<App store={store} />, root);
}
keepFocus(document);
// Asked as soon as that frame is drawn, so that drawing it and drawing the answer do not hold each other up.
if (document.hidden) void store.open();
else requestAnimationFrame(() => setTimeout(() => void store.open()));

/** For the next opening, once nobody waits for anything; what is kept is read last, so that the two belong together. */
async function keepFrame(): Promise<void> {
  const { drawFrame } = await import('./draw-frame.tsx');
  const picture = kept.read();
  if (picture) kept.putFrame(drawFrame(picture));
}
let due = 0;
store.state.subscribe(() => {
  cancelIdleCallback(due);
  due = requestIdleCallback(() => void keepFrame());
});
