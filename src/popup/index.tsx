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
const store = createStore(
  browserDoors,
  createKept(() => localStorage, version),
);
const root = document.getElementById('popup');
// Before the worker is asked: the first frame does not wait for it to wake.
if (root) render(<App store={store} />, root);
keepFocus(document);
// Asked as soon as that frame is drawn, so that drawing it and drawing the answer do not hold each other up.
if (document.hidden) void store.open();
else requestAnimationFrame(() => setTimeout(() => void store.open()));
