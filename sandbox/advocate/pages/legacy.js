import { day, h, load, participantPath, refreshEvery, statusOf } from './shared.js';

const content = document.querySelector('#content');
const [, , alias, ...rest] = location.pathname.split('/').map(decodeURIComponent);
const listAddress = `/tenant/${encodeURIComponent(alias)}/participants`;
const profileAddress = ({ accountId, id }) =>
  `/tenant/${encodeURIComponent(alias)}/account/${encodeURIComponent(accountId)}/user/${encodeURIComponent(id)}`;

const line = (label, value) => h('tr', {}, h('th', { scope: 'row' }, label), h('td', {}, value ?? 'none'));
const heads = (names) =>
  h(
    'thead',
    {},
    h(
      'tr',
      {},
      names.map((name) => h('th', { scope: 'col' }, name)),
    ),
  );

async function list() {
  const body = h('tbody');
  const search = h('input', {
    type: 'search',
    placeholder: 'Find by name, email or ID',
    'aria-label': 'Find',
  });
  const fill = async () => {
    const rows = await load(`data/${alias}/participants?q=${encodeURIComponent(search.value)}`);
    body.replaceChildren(
      ...rows.map((row) =>
        h(
          'tr',
          {},
          h('td', {}, h('a', { href: profileAddress(row) }, row.name)),
          h('td', {}, row.email ?? ''),
          h('td', {}, day(row.dateCreated)),
          h('td', {}, String(row.rewards)),
        ),
      ),
    );
  };
  search.addEventListener('input', fill);
  content.replaceChildren(
    h('div', { class: 'bar' }, h('h1', {}, 'All participants'), search),
    h('table', { class: 'grid' }, heads(['Participant', 'Email address', 'Joined', 'Rewards']), body),
  );
  await fill();
}

function details(person) {
  return h(
    'table',
    { class: 'details' },
    h(
      'tbody',
      {},
      line('Full name', person.name),
      line('Email address', person.email),
      line('User ID', person.id),
      line('Account', person.accountId),
      line('Language', person.locale),
      line('Joined', day(person.dateCreated)),
      line('State', person.blocked ? 'Blocked' : 'Active'),
    ),
  );
}

function attributes(person) {
  const said = h('span', { class: 'said', role: 'status' });
  const form = h(
    'form',
    { class: 'attributes' },
    person.fields.map((f) =>
      h(
        'label',
        {},
        h('span', {}, f.key),
        h('input', { name: f.key, value: f.value ?? '', autocomplete: 'off' }),
      ),
    ),
    h('div', {}, h('button', {}, 'Save attributes'), said),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await load(participantPath(alias, person), {
        firstName: person.firstName,
        lastName: person.lastName,
        email: person.email ?? '',
        ...Object.fromEntries(new FormData(form)),
      });
      said.textContent = 'Saved.';
    } catch (error) {
      said.textContent = error.message;
    }
  });
  return form;
}

function ledger(person) {
  const row = (reward) => {
    const { status, label, detail } = statusOf(reward);
    return h(
      'tr',
      { 'data-reward': reward.id },
      h('td', {}, day(reward.dateCreated)),
      h('td', {}, reward.name),
      h('td', { class: 'num' }, reward.value),
      h('td', {}, reward.unit),
      h('td', { class: status.toLowerCase() }, detail ? `${label} (${detail})` : label),
      h('td', {}, reward.note?.message ?? ''),
    );
  };
  return h(
    'table',
    { class: 'grid', id: 'ledger' },
    heads(['Given', 'Description', 'Credit', 'Unit', 'State', 'Note']),
    h('tbody', {}, person.rewardRows.map(row)),
  );
}

async function profile([, accountId, , id]) {
  const path = participantPath(alias, { accountId, id });
  content.replaceChildren(h('p', { class: 'wait' }, 'Loading…'));
  try {
    const person = await load(path);
    document.title = `${person.name} · Admin portal · sandbox`;
    content.replaceChildren(
      h(
        'div',
        { class: 'bar' },
        h('h1', {}, person.name),
        h('a', { href: listAddress }, 'Back to all participants'),
      ),
      h('h2', {}, 'User details'),
      details(person),
      h('h2', {}, 'Attributes'),
      attributes(person),
      h('h2', {}, 'Rewards and credit'),
      ledger(person),
    );
    refreshEvery(
      2500,
      () => load(path),
      (fresh) => document.querySelector('#ledger')?.replaceWith(ledger(fresh)),
    );
  } catch (error) {
    content.replaceChildren(h('p', { class: 'wait' }, error.message));
  }
}

const tenants = await load('tenants');
const tenant = tenants.find((t) => t.alias === alias);
document.querySelector('#mode').textContent = tenant
  ? `${tenant.name} · ${tenant.mode === 'test' ? 'Test' : 'Live'} tenant`
  : alias;
document.querySelector('#home').href = listAddress;
await (rest[0] === 'account' ? profile(rest) : list());
