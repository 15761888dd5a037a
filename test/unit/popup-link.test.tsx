// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { Answers } from '../../src/contract/messages.ts';
import type { Candidate } from '../../src/contract/routes.ts';
// Loaded beforehand, so that a turn or two is all that the view's own import takes.
import '../../src/popup/LinkView.tsx';
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
  newest: null,
  linkedTo: [],
  ...more,
});

/** The view's code is loaded when it is first asked for. */
async function loaded(popup: Awaited<ReturnType<typeof openPopup>>): Promise<void> {
  for (let turns = 0; turns < 1000 && popup.root.querySelector('.opening'); turns++)
    await popup.do(() => undefined);
}

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
  await loaded(popup);
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
  expect(popup.text()).toContain('Linking lets up to 1 reward ($20.00 USD) through.');
});

test('all is asked in the mode that the popup showed', async () => {
  const popup = await openLink([customer('cus_1')]);
  await popup.click('Link Jamie');
  // The participants, the participant, the customers, the link.
  expect(popup.modes.slice(-4)).toEqual(['test', 'test', 'test', 'test']);
});

test('a press that comes while another page chooses the other mode means the mode that was shown', async () => {
  const popup = await openLink([customer('cus_1')]);
  await popup.do(() => {
    void popup.announce(popupState({ mode: 'live' }));
    popup.button('Link Jamie').click();
  });
  const link = popup.asked().findIndex(([name]) => name === 'link');
  expect(popup.asked()[link]).toEqual(['link', { ...key, customer: 'cus_1', previous: null }]);
  expect(popup.modes.filter((mode) => mode === 'live')).toEqual([]);
});

describe('choosing a customer', () => {
  test('of several none is chosen beforehand: each has a button of its own', async () => {
    const popup = await openLink([
      customer('cus_1', { warnings: ['several_with_email'] }),
      customer('cus_2', { warnings: ['several_with_email'] }),
    ]);
    expect(popup.text()).toContain('2 Stripe customers use this e-mail. Choose one; nothing was linked.');
    expect(popup.asked().some(([name]) => name === 'link')).toBe(false);
    await popup.click('Link Jamie, cus_2');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_2', previous: null }]);
  });

  test('evidence and warnings stand in the words of the card', async () => {
    const popup = await openLink([
      customer('cus_1', { evidence: ['email_case'], warnings: ['currency_unset'], currency: null }),
    ]);
    expect(popup.text()).toContain('Same e-mail, other capitals');
    expect(popup.text()).toContain('the first credit fixes its currency');
  });

  test('where there is none, one can be created, and is linked', async () => {
    const popup = await openLink([]);
    popup.told.createCustomer = customer('cus_9');
    await popup.click('Create customer');
    expect(popup.asked().slice(-2)).toEqual([
      ['createCustomer', key],
      ['link', { ...key, customer: 'cus_9', previous: null }],
    ]);
  });
});

describe('an existing link', () => {
  const linked = { ...detail, link: 'cus_old', customer: customer('cus_old'), rewards: [] };

  test('is replaced only as the one that was seen', async () => {
    const popup = await openLink([customer('cus_1')], linked);
    await popup.click('Change');
    await popup.click('Link Jamie');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_1', previous: 'cus_old' }]);
  });

  test('is taken away only as the one that was seen, and can be put back', async () => {
    const popup = await openLink([], linked);
    await popup.click('Unlink');
    expect(popup.asked().at(-1)).toEqual(['unlink', { ...key, previous: 'cus_old' }]);
    await popup.click('Undo');
    expect(popup.asked().at(-1)).toEqual(['link', { ...key, customer: 'cus_old', previous: null }]);
  });

  test('that somebody else changed is told, and the present one loaded', async () => {
    const popup = await openLink([customer('cus_1')]);
    popup.told.link = problem('link_changed', { current: 'cus_2' });
    popup.told.participant = { ...linked, link: 'cus_2', customer: customer('cus_2') };
    await popup.type('Customer’s e-mail, name or ID', 'jamie at the new firm');
    await popup.click('Link Jamie');
    expect(popup.root.querySelector('[role=alert]')?.textContent).toContain(
      'It is now Jamie, cus_2. Nothing was overwritten.',
    );
    expect(popup.asked().at(-1)).toEqual(['participant', key]);
    expect(popup.box('Customer’s e-mail, name or ID').value).toBe('jamie at the new firm');
    await popup.click('Cancel');
    expect(popup.has('Change')).toBe(true);
  });

  test('makes way for another participant', async () => {
    const popup = await openLink([], linked);
    await popup.click('Another participant');
    expect(popup.box('Participant’s e-mail or ID')).toBeDefined();
  });
});

test('the answer about somebody who was left meanwhile is dropped', async () => {
  const late = Promise.withResolvers<Answers['participant']>();
  const other = { accountId: 'a2', userId: 'u2', name: 'Robin', email: 'robin@example.com', link: null };
  const popup = await openPopup(popupState(), {
    participants: { participants: [person, other] },
    participant: late.promise,
    customers: { candidates: [] },
  });
  await popup.click('Link a participant');
  await loaded(popup);
  await popup.type('Participant’s e-mail or ID', 'rivera');
  await popup.click('Find participant');
  const choices = () => [...popup.root.querySelectorAll<HTMLElement>('.choice-button')];
  await popup.do(() => choices()[0]?.click());
  popup.told.participant = { ...detail, ...other };
  await popup.do(() => choices()[1]?.click());
  await popup.do(() => late.resolve(detail));
  expect(popup.root.querySelector('h3')?.textContent).toBe('Robin');
  expect(popup.text()).not.toContain('jamie@rivera.example');
});

test('participants of one name and ID are told apart by their account', async () => {
  const twin = { ...person, accountId: 'a2' };
  const popup = await openPopup(popupState(), { participants: { participants: [person, twin] } });
  await popup.click('Link a participant');
  await loaded(popup);
  await popup.type('Participant’s e-mail or ID', 'rivera');
  await popup.click('Find participant');
  expect(popup.text()).toContain('ID u1 in account a1');
  expect(popup.text()).toContain('ID u1 in account a2');
});

test('whoever works by keyboard is led on when what they pressed is gone', async () => {
  const popup = await openLink([customer('cus_1')]);
  await popup.do(() => popup.button('Link Jamie').focus());
  await popup.click('Link Jamie');
  const reached = [...(document.activeElement?.querySelectorAll('button') ?? [])];
  expect(reached).toEqual([popup.button('Undo')]);
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
  await loaded(popup);
  expect(popup.asked()[0]).toEqual(['participant', key]);
});
