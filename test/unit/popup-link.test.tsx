// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { Answers } from '../../src/contract/messages.ts';
import type { Candidate } from '../../src/contract/routes.ts';
import { counts, openPopup, popupState, problem } from './popup-scene.tsx';

const key = { accountId: 'a1', userId: 'u1' };
const person = { ...key, name: 'Jamie', email: 'jamie@rivera.example', link: null };
const detail: Answers['participant'] = {
  ...person,
  customer: null,
  linkProblem: null,
  facts: {},
  credited: [],
  rewards: [
    {
      id: 'r1',
      ...key,
      unit: 'STRIPE/USD',
      money: { amount: 2000, currency: 'USD' },
      state: 'waiting',
      reason: 'not_linked',
      facts: {},
      earnedAt: 1,
    },
  ],
};
const customer = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  id,
  name: 'Jamie',
  email: 'jamie@rivera.example',
  currency: 'USD',
  credit: null,
  createdAt: 1,
  dashboardUrl: `https://dashboard.stripe.com/test/customers/${id}`,
  evidence: ['email_exact'],
  warnings: [],
  ...more,
});

async function openLink(candidates: Candidate[], known = detail) {
  const linked = { ...known, link: 'cus_1', customer: customer('cus_1') };
  const popup = await openPopup(popupState(), {
    participants: { participants: [person] },
    participant: known,
    customers: { candidates },
    link: linked,
    unlink: detail,
  });
  await popup.click('Link a participant');
  await popup.type('Participant’s e-mail or ID', 'jamie@rivera.example');
  await popup.click('Find participant');
  await popup.do(() => popup.root.querySelector<HTMLElement>('.choice-button')?.click());
  return popup;
}

test('the participant’s own e-mail is looked up first', async () => {
  const popup = await openLink([]);
  expect(popup.asked()).toEqual([
    ['participants', { q: 'jamie@rivera.example' }],
    ['participant', key],
    ['customers', { q: 'jamie@rivera.example', participant: key }],
  ]);
  expect(popup.text()).toContain('1 reward, $20.00 USD');
});

describe('choosing a customer', () => {
  test('of several none is chosen beforehand, and nothing can be linked before a person chooses', async () => {
    const popup = await openLink([
      customer('cus_1', { warnings: ['several_with_email'] }),
      customer('cus_2', { warnings: ['several_with_email'] }),
    ]);
    expect(popup.radios().map((one) => one.checked)).toEqual([false, false]);
    expect(popup.button('Link').disabled).toBe(true);
    expect(popup.text()).toContain('2 customers match. Choose one; nothing was linked.');
    await popup.do(() => popup.radios()[1]?.click());
    await popup.click('Link');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_2', previous: null }]);
  });

  test('a single one is chosen, and still needs the click', async () => {
    const popup = await openLink([customer('cus_1')]);
    expect(popup.radios().map((one) => one.checked)).toEqual([true]);
    expect(popup.asked().some(([name]) => name === 'link')).toBe(false);
    await popup.click('Link');
    expect(popup.text()).toContain('Linked. Rewards that waited for it go through now.');
  });

  test('a deleted one, or one of the other mode, can never be chosen', async () => {
    const popup = await openLink([customer('cus_1', { warnings: ['deleted'] })]);
    expect(popup.radios().map((one) => [one.checked, one.disabled])).toEqual([[false, true]]);
    expect(popup.button('Link').disabled).toBe(true);
  });

  test('evidence and warnings stand in words', async () => {
    const popup = await openLink([
      customer('cus_1', { evidence: ['email_case'], warnings: ['currency_unset'], currency: null }),
    ]);
    expect(popup.text()).toContain('Same e-mail, other capitals');
    expect(popup.text()).toContain('the first credit fixes its currency');
  });

  test('where there is none, one can be created, and is still linked by a click', async () => {
    const popup = await openLink([]);
    popup.told.createCustomer = customer('cus_9');
    await popup.click('Create customer');
    expect(popup.asked().at(-1)).toEqual(['createCustomer', key]);
    await popup.click('Link');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_9', previous: null }]);
  });
});

describe('an existing link', () => {
  const linked = { ...detail, link: 'cus_old', customer: null };

  test('is replaced only as the one that was seen', async () => {
    const popup = await openLink([customer('cus_1')], linked);
    await popup.click('Find customer');
    expect(popup.text()).toContain('This replaces the link to cus_old');
    await popup.click('Link');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_1', previous: 'cus_old' }]);
  });

  test('is taken away only as the one that was seen', async () => {
    const popup = await openLink([], linked);
    await popup.click('Unlink');
    expect(popup.asked().at(-1)).toEqual(['unlink', { ...key, previous: 'cus_old' }]);
  });

  test.each([
    [popupState(), 'Linked. Rewards that waited for it go through now.'],
    [popupState({ settings: { paused: true } }), 'go through once credits are turned on.'],
    [popupState({ stripe: { connected: false } }), 'go through once Stripe is connected.'],
    [popupState({ role: 'support' }), 'go through when an admin’s browser runs next.'],
  ])('says what becomes of the rewards, and no more once it is unlinked (%#)', async (state, sentence) => {
    const popup = await openLink([customer('cus_1')]);
    await popup.announce(state);
    popup.told.link = { ...detail, link: 'cus_1', customer: null };
    popup.told.unlink = detail;
    await popup.click('Link');
    expect(popup.text()).toContain(sentence);
    await popup.click('Unlink');
    expect(popup.text()).not.toContain('Linked.');
  });

  test('that somebody else changed is loaded anew', async () => {
    const popup = await openLink([customer('cus_1')]);
    popup.told.link = problem('link_changed', { current: 'cus_2' });
    await popup.click('Link');
    expect(popup.root.querySelector('[role=alert]')?.textContent).toMatch(/Somebody changed.*link_changed/);
    await popup.click('Load the new link');
    expect(popup.asked().at(-1)).toEqual(['participant', key]);
  });
});

test('a held reward leads straight to its participant', async () => {
  const held = {
    reward: 'r1',
    participant: key,
    money: null,
    unit: 'STRIPE/USD',
    reason: 'customer_deleted' as const,
    facts: { customer: 'cus_old' },
    action: 'link' as const,
    since: 1,
  };
  const popup = await openPopup(popupState({ queue: { held: [held], counts: counts({ held: 1 }) } }), {
    participant: detail,
    customers: { candidates: [] },
  });
  await popup.click('Find customer');
  expect(popup.asked()[0]).toEqual(['participant', key]);
});
