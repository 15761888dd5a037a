// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { openDashboard } from './dashboard-scene.tsx';
import { popupState } from './popup-scene.tsx';

/** The code of one view comes when a test lets it. */
const slow = vi.hoisted(() => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
});
vi.mock(import('../../src/dashboard/audit/Audit.tsx'), async (original) => {
  await slow.opened;
  return original();
});
const frame = () => new Promise((go) => requestAnimationFrame(go));

test('the focus goes to the heading of a view, also the first time, when its code comes later', async () => {
  const dashboard = await openDashboard(popupState(), '#/overview');
  const link = dashboard.link('Audit');
  link.focus();
  location.hash = '#/audit';
  dispatchEvent(new Event('hashchange'));
  await frame();
  await frame();
  expect(dashboard.root.querySelector('h2')).toBeNull();
  slow.open();
  await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H2'));
  expect(document.activeElement?.textContent).toBe('Audit');
});
