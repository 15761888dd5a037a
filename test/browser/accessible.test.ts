import { expect, test } from 'vitest';
import { everyLook } from './looks.ts';
import { setStage, UNITS } from './stage.ts';

const WIDTHS = [380, 320];

test('axe finds nothing on the popup at WCAG 2.2 AA, before and after set-up, light, dark and narrow', async () => {
  const stage = await setStage();
  const { popup } = stage.hands;
  expect(await everyLook(popup, WIDTHS)).toEqual([]);
  // Set-up by hand, to look at what it asks about rewards that were earned earlier.
  const { hands, proxy } = stage;
  await hands.pair(proxy.url, await proxy.invite('admin'));
  await hands.connect();
  await hands.addUnits(UNITS);
  await hands.seeText(popup, 'earned before the unit was added');
  await hands.press(popup, 'Turn on');
  await hands.see(popup, 'Turn on and credit them');
  expect(await everyLook(popup, WIDTHS)).toEqual([]);
  await hands.press(popup, 'Turn on for new rewards only');
  await hands.press(popup, 'Credit them');
  await hands.see(popup, 'Credit earlier rewards');
  expect(await everyLook(popup, WIDTHS)).toEqual([]);
  await hands.press(popup, 'Credit earlier rewards');
  await stage.until('the run is over and something is held', async () => {
    const { running, queue } = await stage.hands.state();
    return !running && queue.counts.held > 0;
  });
  expect(await everyLook(popup, WIDTHS)).toEqual([]);
  await stage.hands.press(popup, 'Link a participant');
  await stage.hands.see(popup, 'Find participant');
  expect(await everyLook(popup, WIDTHS)).toEqual([]);
});
