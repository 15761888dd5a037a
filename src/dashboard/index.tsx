import { render } from 'preact';
import { ask, onStateChanged } from '../ui/ask.ts';
import { App } from './App.tsx';
import { createStore } from './store.ts';

const store = createStore({ ask, onStateChanged });
const root = document.getElementById('dashboard');
if (root) render(<App store={store} />, root);
void store.open();
