// @vitest-environment happy-dom
/** A person may take the proxy's permission back in the browser: nothing has failed then, and one button asks again. */
import { expect, test } from 'vitest';
import { emptyShelf, notPaired, openPopup, popupState, problem } from './popup-scene.tsx';

const PROXY = 'https://credits.example.com';
const paired = { proxy: PROXY, role: 'admin' as const, browserName: 'Firefox on Linux' };
const taken = () => popupState({ top: { paired, problem: problem('host_permission_missing') } });

test('it is paused, says why, and the button asks the browser for just the proxy, then goes on', async () => {
  const popup = await openPopup(taken());
  expect(popup.text()).toContain('Paused');
  expect(popup.text()).toContain('The browser does not let the extension talk to this proxy.');
  await popup.click('Allow access');
  expect(popup.origins).toEqual([PROXY]);
  expect(popup.asked()).toContainEqual(['run', {}]);
});

test('where the browser would show its question beneath the popup, the popup goes on in a tab', async () => {
  const popup = await openPopup(taken(), {}, emptyShelf(), false);
  await popup.click('Allow access');
  expect(popup.origins).toEqual([]);
  expect(popup.selfTabs).toEqual([undefined]);
});

test('so does pairing, with the address that was typed; a proxy on this machine needs no question', async () => {
  const away = await openPopup(notPaired(), {}, emptyShelf(), false);
  await away.type('Proxy address', PROXY);
  await away.type('Pairing code', 'CODE');
  await away.click('Pair');
  expect([away.selfTabs, away.origins, away.asked()]).toEqual([[PROXY], [], []]);

  const here = await openPopup(notPaired(), {}, emptyShelf(), false);
  await here.type('Proxy address', 'http://localhost:4242');
  await here.type('Pairing code', 'CODE');
  await here.click('Pair');
  expect([here.selfTabs, here.origins]).toEqual([[], []]);
  expect(here.asked()).toContainEqual(['pair', { proxy: 'http://localhost:4242', code: 'CODE' }]);
});
