import { render } from 'preact';
import { extensionApi } from '../ui/ask.ts';
import { speakOnPage } from '../ui/browser-words.ts';
import { keepFocus } from '../ui/keep-focus.ts';
import { App } from './App.tsx';
import { browserDoors } from './doors.ts';
import { createKept, type Picture } from './kept.ts';
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

/** Once nobody waits for anything, or else as the popup closes. What is kept is read last, so that the two belong together. */
let draw: ((picture: Picture) => string) | null = null;
function keepFrame(): void {
  due = 0;
  const picture = kept.read();
  if (draw !== null && picture !== null) kept.putFrame(draw(picture));
}
let due = 0;
store.state.subscribe(() => {
  cancelIdleCallback(due);
  due = requestIdleCallback(async () => {
    draw ??= (await import('./draw-frame.tsx')).drawFrame;
    keepFrame();
  });
});
addEventListener('pagehide', () => {
  if (due !== 0) keepFrame();
});
