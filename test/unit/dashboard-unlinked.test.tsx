// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LinkWish } from '../../src/contract/linking.ts';
import type { Answers, MessageName } from '../../src/contract/messages.ts';
import { nextRow } from '../../src/dashboard/list-keys.ts';
import { createStore } from '../../src/dashboard/store.ts';
import { ownDesk } from '../../src/dashboard/unlinked/own-desk.ts';
import type { Ask } from '../../src/ui/ask.ts';
import { openDashboard } from './dashboard-scene.tsx';
import { candidate, match, outcomeOf, person } from './dashboard-unlinked-scene.ts';
import { popupState, problem } from './popup-scene.tsx';

// A page without layout has no rows in view.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(76);
  // Another tab has everything that is kept.
  const locks = {
    request: async (_name: string, _options: unknown, held: (lock: null) => unknown) => held(null),
  };
  Object.defineProperty(navigator, 'locks', { configurable: true, value: locks });
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(() => vi.restoreAllMocks());

const waiting = { unlinked: { participants: [person('anna'), person('bert'), person('carl')], after: null } };
const matches = {
  matches: [
    match(person('anna'), ['cus_a']),
    match(person('bert'), ['cus_b', 'cus_c']),
    match(person('carl'), [], {
      candidates: [candidate('cus_d', { warnings: ['already_linked'], linkedTo: [person('zoe')] })],
    }),
  ],
};
const rowTexts = (root: HTMLElement) =>
  [...root.querySelectorAll('tr[data-index]')].map((row) => row.textContent ?? '');

test.each(['admin', 'support'] as const)(
  '%s sees who waits, how much and since when, in this mode',
  async (role) => {
    const dashboard = await openDashboard(popupState({ role }), '#/unlinked', {
      ...waiting,
      matches,
    });
    expect(dashboard.text()).toContain('3 participants with 3 rewards ($30.00 USD) waiting.');
    expect(rowTexts(dashboard.root)[0]).toMatch(
      /^annaanna@example\.com.*\$10\.00 USD1 reward.*Not looked up yet/,
    );
    expect(dashboard.root.querySelector('table')?.getAttribute('aria-rowcount')).toBe('4');
    expect(dashboard.text()).not.toContain('Your role is support');
  },
);

test('a match is looked over, chosen against its warning, reviewed and linked once', async () => {
  const dashboard = await openDashboard(popupState({ role: 'support' }), '#/unlinked', {
    ...waiting,
    matches,
    linkMany: ({ links }: { links: LinkWish[] }) => ({
      outcomes: links.map((wish) => outcomeOf(wish)),
    }),
  });
  await dashboard.click('Find matches for all');
  expect(rowTexts(dashboard.root)).toEqual([
    expect.stringContaining('Name of cus_a'),
    expect.stringContaining('2 customers may fit'),
    expect.stringContaining('One customer may fit'),
  ]);
  expect(dashboard.has('Link 1 participant')).toBe(true);
  await dashboard.click('Choose a customer for carl');
  expect(dashboard.text()).toContain('Already linked to zoe (account zoe@example.com).');
  await dashboard.do(() => dashboard.radios()[0]?.click());
  await dashboard.click('Choose');
  await dashboard.click('Link 2 participants');
  const dialog = dashboard.root.querySelector('dialog');
  expect(dialog?.textContent).toContain('up to 2 rewards ($20.00 USD) through');
  expect(dialog?.textContent).toMatch(/1 chosen against a warning: Another participant is linked.*carl/);
  await dashboard.do(() => dialog?.querySelector<HTMLElement>('.button-primary')?.click());
  await dashboard.do(() => undefined);
  expect(dashboard.text()).toContain('2 participants linked.');
  expect(rowTexts(dashboard.root)[0]).toContain('Linked to cus_a');
  const linked = dashboard.asked().filter(([name]) => name === 'linkMany');
  expect(linked).toHaveLength(1);
  expect(linked[0]?.[1]).toMatchObject({
    links: [{ userId: 'anna', previous: null }, { customer: 'cus_d' }],
  });
});

test('pause and resume are one button that keeps the focus; what was done is told, and closed when it was seen', async () => {
  const asked: (() => void)[] = [];
  const dashboard = await openDashboard(popupState(), '#/unlinked', {
    ...waiting,
    matches,
    linkMany: async ({ links }: { links: LinkWish[] }) => {
      await new Promise<void>((go) => asked.push(go));
      return { outcomes: links.map((wish) => outcomeOf(wish)) };
    },
  });
  await dashboard.click('Find matches for all');
  await dashboard.click('Link 1 participant');
  await dashboard.do(() => dashboard.root.querySelector<HTMLElement>('dialog .button-primary')?.click());
  await dashboard.do(() => undefined);
  const progress = dashboard.root.querySelector('section[aria-label="Linking"]');
  expect(document.activeElement).toBe(progress);
  const button = [...(progress?.querySelectorAll('button') ?? [])].find((one) => one.textContent === 'Pause');
  button?.focus();
  await dashboard.do(() => button?.click());
  expect(document.activeElement?.textContent).toBe('Resume');
  expect(dashboard.text()).toContain('Pausing: 0 participants linked and 1 left.');
  expect(dashboard.text()).toContain('Resume or stop the linking above first.');
  await dashboard.do(() => asked[0]?.());
  await dashboard.do(() => undefined);
  expect(dashboard.text()).toContain('1 participant linked.');
  await dashboard.click('Close');
  expect(dashboard.root.querySelector('section[aria-label="Linking"]')).toBeNull();
});

test('the search narrows by name, e-mail or ID, and the filter by what was found', async () => {
  const dashboard = await openDashboard(popupState(), '#/unlinked', { ...waiting, matches });
  await dashboard.click('Find matches for all');
  await dashboard.type('Name, e-mail or ID', 'BERT@');
  expect(rowTexts(dashboard.root)).toHaveLength(1);
  await dashboard.type('Name, e-mail or ID', '');
  const select = dashboard.root.querySelector('select');
  await dashboard.do(() => {
    if (!select) return;
    select.value = 'sure';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(rowTexts(dashboard.root)).toEqual([expect.stringContaining('anna')]);
});

test('a failed list says why and what to do; an empty one that nobody waits', async () => {
  const dashboard = await openDashboard(popupState(), '#/unlinked', {
    unlinked: problem('advocate_unreachable'),
  });
  expect(dashboard.root.querySelector('[role=alert]')?.textContent).toContain(
    'Advocate could not be reached.',
  );
  dashboard.told.unlinked = { participants: [], after: null };
  await dashboard.click('Try again');
  expect(dashboard.text()).toContain('Nobody waits for a link.');
});

test('every message names the mode it began in, and another mode begins anew', async () => {
  const sent: [MessageName, string | undefined][] = [];
  let announce: (state: ReturnType<typeof popupState>) => void = () => undefined;
  const told: { [N in MessageName]?: Answers[N] } = {
    ...{ state: popupState(), refresh: popupState(), matches },
    unlinked: { participants: [person('anna')], after: null },
  };
  const ask: Ask = async <N extends MessageName>(name: N, _: unknown, mode?: string) => {
    sent.push([name, mode]);
    const answer = told[name];
    if (!answer) throw new Error(`Nothing was told for ${name}.`);
    return answer;
  };
  const store = createStore({
    ask,
    onStateChanged: (listener) => {
      announce = listener;
      return () => undefined;
    },
  });
  await store.open();
  const desk = ownDesk(store, 'test');
  const live = ownDesk(store, 'live');
  desk.enter();
  await vi.waitFor(() => expect(desk.reader.state.value).toBe('done'));
  desk.choices.choose(desk.reader.rows.value[0]?.who ?? '', 'cus_1');
  announce(popupState({ mode: 'live' }));
  expect([desk.reader.rows.value, desk.selected.value]).toEqual([[], []]);
  live.enter();
  await vi.waitFor(() => expect(live.reader.state.value).toBe('done'));
  expect(live.selected.value).toEqual([]);
  desk.enter();
  await vi.waitFor(() => expect(desk.reader.state.value).toBe('done'));
  expect(sent.filter(([name]) => name === 'unlinked')).toEqual([
    ['unlinked', 'test'],
    ['unlinked', 'live'],
    ['unlinked', 'test'],
  ]);
  store.close();
});

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 9, 9],
  ['ArrowUp', 0, 0],
  ['PageDown', 3, 9],
  ['PageUp', 3, 0],
  ['Home', 5, 0],
  ['End', 5, 9],
  ['ArrowRight', 5, 5],
  ['Enter', 5, null],
])('%s leads from row %i to %s', (key, from, to) => {
  expect(nextRow(key, from, 10)).toBe(to);
});
