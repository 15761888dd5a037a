import { render } from 'preact';
import { ask, onStateChanged } from '../ui/ask.ts';
import { speakOnPage } from '../ui/browser-words.ts';
import { keepFocus } from '../ui/keep-focus.ts';
import { App } from './App.tsx';
import { loadParts } from './parts.ts';
import { createStore } from './store.ts';

speakOnPage();
const store = createStore({ ask, onStateChanged });
const root = document.getElementById('dashboard');
void loadParts(store.route.value.view);
if (root) render(<App store={store} />, root);
keepFocus(document);
void store.open();
