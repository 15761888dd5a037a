// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { drawFrame } from '../../src/popup/draw-frame.tsx';
import { createKept, readFrame } from '../../src/popup/kept.ts';
import { emptyShelf, notPaired, openPopup, popupState, VERSION } from './popup-scene.tsx';

const DAY_MS = 24 * 3600_000;
const PAID = popupState({ queue: { creditedToday: [{ amount: 6000, currency: 'USD' }] } });

/** A shelf with that picture, and the frame that belongs to it. */
function shelfWithFrame() {
  const shelf = emptyShelf();
  const kept = createKept(() => shelf, VERSION);
  kept.put(PAID);
  const picture = kept.read();
  if (!picture) throw new Error('no picture');
  kept.putFrame(drawFrame(picture));
  return { shelf, kept };
}

const textOf = (html: string | null) =>
  new DOMParser().parseFromString(html ?? '', 'text/html').body.textContent;

test('the kept frame is what the popup draws itself from the same picture', async () => {
  const { shelf } = shelfWithFrame();
  const frame = textOf(readFrame(() => shelf, VERSION));
  const waking = Promise.withResolvers<typeof PAID>();
  const opening = openPopup(PAID, { state: waking.promise }, shelf);
  expect(document.body.textContent).toContain('$60.00');
  expect(frame).toBe(document.body.textContent);
  waking.resolve(PAID);
  await opening;
});

test('drawing it asks nobody and puts nothing on the page', () => {
  const before = document.documentElement.outerHTML;
  shelfWithFrame();
  expect(document.documentElement.outerHTML).toBe(before);
});

test('it goes with the picture that it was drawn from, and of a browser that is not paired nothing stays', () => {
  for (const next of [popupState({ mode: 'live' }), notPaired()]) {
    const { shelf, kept } = shelfWithFrame();
    expect(readFrame(() => shelf, VERSION)).not.toBeNull();
    kept.put(next);
    expect(readFrame(() => shelf, VERSION)).toBeNull();
  }
});

test('another version’s, yesterday’s and a broken one are not shown', () => {
  const { shelf } = shelfWithFrame();
  expect(readFrame(() => shelf, '0.0.0')).toBeNull();
  expect(readFrame(() => shelf, VERSION, Date.now() + DAY_MS)).toBeNull();
  shelf.setItem('frame', '{');
  expect(readFrame(() => shelf, VERSION)).toBeNull();
  expect(
    readFrame(() => {
      throw new Error('forbidden');
    }, VERSION),
  ).toBeNull();
});
