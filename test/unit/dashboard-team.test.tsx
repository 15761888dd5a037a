// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Team, TeamMember } from '../../src/contract/team.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { popupState, problem } from './popup-scene.tsx';

const NOW = Date.UTC(2026, 10, 22, 14, 3);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const member = (id: string, more: Partial<TeamMember> = {}): TeamMember => ({
  id,
  name: `Browser ${id}`,
  role: 'support',
  pairedAt: NOW - 40 * 86_400_000,
  lastSeenAt: NOW - 3 * 3_600_000,
  drains: [],
  me: false,
  ...more,
});
const ana = member('a', { name: 'Ana’s Chrome', role: 'admin', me: true, drains: ['test', 'live'] });
const ben = member('b', { name: 'Ben’s Edge', role: 'admin', drains: ['live'] });
const cleo = member('c', { name: 'Cleo’s Firefox', lastSeenAt: NOW });
const team = (...members: TeamMember[]): Team => ({ members, waiting: [] });
const rows = (root: HTMLElement) => [...root.querySelectorAll('tbody tr')].map((row) => row.textContent);

test('everybody sees who is paired, with role, last sign of life, and what each browser sends', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support' }), '#/team', {
    team: team(ana, ben, cleo),
  });
  const [first, second, third] = rows(dashboard.root);
  expect(first).toMatch(/Ana’s Chrome This browserAdminOct 13, 2026.*3 hours agoIn both modes/);
  expect(second).toMatch(/Ben’s Edge Admin.*In live mode/);
  expect(third).toMatch(/Cleo’s Firefox Support.*just nowNothing now/);
});

test('support sees, and has nothing to press but “Look again”', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support' }), '#/team', {
    team: { ...team(ana, cleo), waiting: [{ role: 'admin', until: NOW + 600_000 }] },
  });
  expect(dashboard.text()).toContain('Only an admin can invite and remove.');
  expect(dashboard.text()).toContain('A code for an admin waits to be used, until');
  const buttons = [...dashboard.root.querySelectorAll('main button')].map((one) => one.textContent);
  expect(buttons).toEqual(['Look again']);
  expect(dashboard.radios()).toEqual([]);
});

test('a code is made for the chosen role and shown once, with how long it is good for', async () => {
  const until = NOW + 15 * 60_000;
  const dashboard = await openDashboard(popupState(), '#/team', {
    team: team(ana, cleo),
    invite: { code: 'K7QM-2XWD-94HT', role: 'admin', until },
  });
  dashboard.told.team = { ...team(ana, cleo), waiting: [{ role: 'admin', until }] };
  await dashboard.do(() =>
    dashboard
      .radios()
      .find(({ value }) => value === 'admin')
      ?.click(),
  );
  await dashboard.click('Make a code');
  expect(dashboard.asked()).toContainEqual(['invite', { role: 'admin' }]);
  const code = dashboard.root.querySelector('.team-code');
  expect(code?.querySelector('code')?.textContent).toBe('K7QM-2XWD-94HT');
  expect(code?.textContent).toMatch(/Code for an admin.*Valid until \d{1,2}:\d{2}/);
  expect(document.activeElement).toBe(code);
  expect(dashboard.text()).toContain('A code for an admin waits to be used');

  await dashboard.click('Done');
  expect(dashboard.text()).not.toContain('K7QM-2XWD-94HT');
});

test('support is what a code is for unless somebody chooses otherwise', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', {
    team: team(ana),
    invite: { code: 'K7QM-2XWD-94HT', role: 'support', until: NOW + 1 },
  });
  await dashboard.click('Make a code');
  expect(dashboard.asked()).toContainEqual(['invite', { role: 'support' }]);
});

test('the code is copied at a press, or selected where the browser does not let us', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', {
    team: team(ana),
    invite: { code: 'K7QM-2XWD-94HT', role: 'support', until: NOW + 600_000 },
  });
  await dashboard.click('Make a code');
  const write = vi.spyOn(navigator.clipboard, 'writeText');
  write.mockRejectedValueOnce(new Error('no'));
  await dashboard.click('Copy code');
  expect(dashboard.text()).toContain('copy it by hand');
  write.mockResolvedValueOnce();
  await dashboard.click('Copy code');
  expect(write).toHaveBeenLastCalledWith('K7QM-2XWD-94HT');
  expect(dashboard.text()).toContain('Copied.');
});

test('a browser is removed only after a question that says what stops', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', { team: team(ana, ben, cleo) });
  dashboard.told.removeMember = team(ana, cleo);
  await dashboard.click('Remove Ben’s Edge');
  expect(dashboard.root.querySelector('dialog')?.textContent).toMatch(
    /Remove “Ben’s Edge”\?.*in both modes: it can no longer set up, pay, link or look up.*codes.*not used yet end as well.*sends rewards at the moment/,
  );
  await dashboard.click('Cancel');
  expect(dashboard.asked()).toEqual([['team', {}]]);

  await dashboard.click('Remove Ben’s Edge');
  await dashboard.click('Remove this browser');
  expect(dashboard.asked().at(-1)).toEqual(['removeMember', { browser: 'b' }]);
  expect(dashboard.text()).toContain('“Ben’s Edge” was removed.');
  expect(rows(dashboard.root)).toHaveLength(2);
});

test('no code ends with a browser that only supports', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', { team: team(ana, cleo) });
  await dashboard.click('Remove Cleo’s Firefox');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('in both modes');
  expect(dashboard.root.querySelector('dialog')?.textContent).not.toContain('codes');
});

test('removing the browser that one uses says so, and asks the proxy what is left', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', {
    team: team(ana, ben),
    removeMember: team(ben),
  });
  const before = dashboard.all().filter(([name]) => name === 'refresh').length;
  await dashboard.click('Remove Ana’s Chrome');
  expect(dashboard.root.querySelector('dialog')?.textContent).toContain('browser that you are using');
  await dashboard.click('Remove this browser');
  expect(dashboard.all().filter(([name]) => name === 'refresh')).toHaveLength(before + 1);
});

test('the last admin has no button, and says why', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', { team: team(ana, cleo) });
  expect(dashboard.has('Remove Ana’s Chrome')).toBe(false);
  expect(dashboard.text()).toContain('The last admin cannot be removed.');
  expect(dashboard.has('Remove Cleo’s Firefox')).toBe(true);
});

test('where the other admin went meanwhile, the proxy’s refusal is shown and nobody disappears', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', {
    team: team(ana, ben),
    removeMember: problem('last_admin'),
  });
  await dashboard.click('Remove Ana’s Chrome');
  await dashboard.click('Remove this browser');
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain(
    'This is the last browser with the admin role.',
  );
  expect(rows(dashboard.root)).toHaveLength(2);
});

test('a team that cannot be read says why, and is read at a press', async () => {
  const dashboard = await openDashboard(popupState(), '#/team', { team: problem('proxy_unreachable') });
  expect(dashboard.text()).toContain('The proxy could not be reached.');
  dashboard.told.team = team(ana);
  await dashboard.click('Try again');
  expect(rows(dashboard.root)).toHaveLength(1);
});
