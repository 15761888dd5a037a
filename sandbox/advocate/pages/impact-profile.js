import { address, alias, avatar, dialog, field, main, parameters } from './impact-shell.js';
import { day, h, load, participantPath, refreshEvery, statusOf } from './shared.js';

const REFRESH_MS = 2500;
let stop = () => {};

const term = (name, value, extra = {}) => [h('dt', {}, name), h('dd', extra, value ?? '–')];

function information(person) {
  return h(
    'section',
    { class: 'card', id: 'participant-information' },
    h(
      'div',
      { class: 'head' },
      h('h2', {}, 'Participant information'),
      h('button', { type: 'button', class: 'quiet', onclick: () => edit(person) }, 'Edit'),
    ),
    h(
      'dl',
      {},
      term('E-mail', person.email),
      term('ID', person.id, { class: 'id' }),
      person.accountId === person.id ? null : term('Account ID', person.accountId, { class: 'id' }),
      term('Locale', person.locale),
      term('Date added', day(person.dateCreated)),
    ),
    h('h3', {}, 'Custom Fields'),
    h(
      'dl',
      { class: 'fields' },
      person.fields.map((f) => term(f.key, f.value === null ? null : String(f.value), { class: 'id' })),
    ),
  );
}

function referralInfo(person) {
  return h(
    'section',
    { class: 'card' },
    h('div', { class: 'head' }, h('h2', {}, 'Referral info')),
    h(
      'dl',
      {},
      term('Program', 'Refer a colleague'),
      term('Code', person.referralCode, { class: 'id' }),
      term('Share link', `meadow.example/r/${person.referralCode.toLowerCase()}`, { class: 'id' }),
    ),
  );
}

function stats(person) {
  const figure = (value, label) => h('div', {}, h('b', {}, value), h('span', {}, label));
  return h(
    'section',
    { class: 'card' },
    h('div', { class: 'head' }, h('h2', {}, 'Participant stats')),
    h(
      'div',
      { class: 'figures' },
      figure(String(person.referrals), 'Converted referrals'),
      figure(String(person.rewards), 'Rewards'),
    ),
    h('h3', {}, 'Available'),
    h('p', { class: 'balances' }, person.balances.join(' · ') || 'Nothing'),
  );
}

function rewardsTable(person) {
  const row = (reward) => {
    const { status, label, detail } = statusOf(reward);
    const note = reward.note;
    return h(
      'tr',
      { 'data-reward': reward.id },
      h('td', {}, h('b', {}, reward.name), h('small', { class: 'id' }, reward.unit)),
      h('td', { class: 'number' }, reward.value),
      h(
        'td',
        {},
        h('span', { class: `badge ${status.toLowerCase()}` }, label),
        detail ? h('small', {}, detail) : null,
      ),
      h('td', {}, day(reward.dateCreated)),
      h(
        'td',
        { class: 'note' },
        note ? h('span', { class: `mark ${note.status.toLowerCase()}` }, note.message ?? note.status) : '',
      ),
    );
  };
  const heads = [['Reward'], ['Value', true], ['Status'], ['Earned'], ['Note']];
  return h(
    'section',
    { class: 'card flush', id: 'rewards' },
    h(
      'div',
      { class: 'head' },
      h('h2', {}, 'Rewards'),
      h('button', { type: 'button', class: 'quiet', onclick: () => addReward(person) }, 'Add Reward'),
    ),
    person.rewardRows.length === 0
      ? h('p', { class: 'empty' }, 'No rewards yet.')
      : h(
          'table',
          {},
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              heads.map(([text, number]) => h('th', { class: number ? 'number' : null }, text)),
            ),
          ),
          h('tbody', {}, person.rewardRows.map(row)),
        ),
  );
}

function referral() {
  return h(
    'section',
    { class: 'card' },
    h(
      'div',
      { class: 'head' },
      h('h2', {}, 'Referral'),
      h('button', { type: 'button', class: 'quiet', disabled: true }, 'Add Referrer'),
    ),
    h('p', { class: 'empty' }, 'Nobody referred this participant.'),
  );
}

function paintProfile(person) {
  document.title = `${person.name} · Advocate sandbox`;
  const tab = (text, on) => h('span', { role: 'tab', 'aria-selected': on ? 'true' : 'false' }, text);
  main.replaceChildren(
    h(
      'p',
      { class: 'crumbs' },
      h('a', { href: address('participants'), 'data-nav': 'list' }, 'Participants'),
      h('span', { 'aria-hidden': 'true' }, '/'),
      person.name,
    ),
    h(
      'div',
      { class: 'title' },
      avatar(person.name, true),
      h('h1', {}, person.name),
      person.blocked ? h('span', { class: 'badge cancelled' }, 'Blocked') : null,
    ),
    h(
      'div',
      { class: 'columns' },
      information(person),
      h('div', { class: 'stack' }, referralInfo(person), stats(person)),
    ),
    h(
      'div',
      { class: 'tabs', role: 'tablist' },
      tab('Overview', true),
      tab('Activity'),
      tab('Traffic'),
      tab('E-mails'),
    ),
    rewardsTable(person),
    referral(),
  );
}

const skeleton = () =>
  h(
    'div',
    { class: 'skeleton', 'aria-label': 'Loading' },
    h('i'),
    h('div', { class: 'columns' }, h('i'), h('i')),
    h('i'),
  );

/** Ends the refreshing of the profile that stood before. */
export function leaveProfile() {
  stop();
}

/** Shows what our product, or somebody else, changes in the meantime. */
function watch(path) {
  stop();
  stop = refreshEvery(REFRESH_MS, () => load(path), repaint);
}

function repaint(person) {
  document.querySelector('#participant-information')?.replaceWith(information(person));
  document.querySelector('#rewards')?.replaceWith(rewardsTable(person));
}

export async function showProfile() {
  const key = { accountId: parameters().get('accountId'), id: parameters().get('id') };
  const path = participantPath(alias(), key);
  main.replaceChildren(skeleton());
  // Real pages render late; a content script that looks once, too early, must not pass here.
  await new Promise((resolve) => setTimeout(resolve, 250));
  const shown = location.href;
  try {
    const person = await load(path);
    if (location.href !== shown) return;
    paintProfile(person);
    watch(path);
  } catch (error) {
    main.replaceChildren(h('p', { class: 'empty' }, error.message));
  }
}

function edit(person) {
  const fields = [
    h(
      'div',
      { class: 'pair' },
      field('First name', 'firstName', person.firstName),
      field('Last name', 'lastName', person.lastName),
    ),
    field('E-mail', 'email', person.email, { type: 'email' }),
    h('h3', {}, 'Custom Fields'),
    ...person.fields.map((f) => field(f.key, f.key, f.value)),
  ];
  dialog('Edit participant', fields, async (values) => {
    const path = participantPath(alias(), person);
    repaint(await load(path, values));
    watch(path);
  });
}

function addReward(person) {
  const fields = [
    field('Unit', 'unit', 'STRIPE/USD', { required: true }),
    field('Amount, in the smallest unit of the currency', 'amount', '2000', {
      type: 'number',
      min: '1',
      required: true,
    }),
  ];
  dialog('Add reward', fields, async ({ unit, amount }) => {
    const path = participantPath(alias(), person);
    repaint(await load(`${path}/rewards`, { unit, amount: Number(amount) }));
  });
}
