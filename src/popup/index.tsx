import { render } from 'preact';
import { App } from './App.tsx';
import { browserDoors } from './doors.ts';
import { createStore } from './store.ts';

const store = createStore(browserDoors);
const root = document.getElementById('popup');
if (root) render(<App store={store} />, root);
void store.open();
