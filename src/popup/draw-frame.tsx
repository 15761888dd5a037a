import { renderToString } from 'preact-render-to-string';
import { App } from './App.tsx';
import { browserDoors } from './doors.ts';
import type { Picture } from './kept.ts';
import { createStore } from './store.ts';

/** The popup as it opens on that picture, as HTML: nothing is put on a page, no effect runs, nobody is asked. */
export function drawFrame(picture: Picture): string {
  const doors = { ...browserDoors, onStateChanged: () => () => undefined };
  return renderToString(<App store={createStore(doors, { read: () => picture, put: () => null })} />);
}
