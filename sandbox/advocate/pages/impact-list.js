import { address, alias, avatar, main } from './impact-shell.js';
import { day, h, load } from './shared.js';

/** `go` moves to an address without loading the page anew. */
export async function showList(go) {
  document.title = 'Participants · Advocate sandbox';
  const body = h('tbody');
  const count = h('span', { class: 'count' });
  const search = h('input', {
    type: 'search',
    placeholder: 'Search by name, e-mail or ID',
    'aria-label': 'Search participants',
  });
  const fill = async () => {
    const rows = await load(`data/${alias()}/participants?q=${encodeURIComponent(search.value)}`);
    count.textContent = `${rows.length} ${rows.length === 1 ? 'participant' : 'participants'}`;
    body.replaceChildren(...rows.map((row) => listRow(row, go)));
  };
  search.addEventListener('input', fill);
  const heads = [['Name'], ['Flags'], ['Date added'], ['Converted referrals', true], ['Rewards', true]];
  main.replaceChildren(
    h('div', { class: 'title' }, h('h1', {}, 'Participants'), count),
    h('div', { class: 'tools' }, search, h('button', { type: 'button', disabled: true }, 'Advanced filter')),
    h(
      'div',
      { class: 'card flush' },
      h(
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
        body,
      ),
    ),
  );
  await fill();
}

function listRow(row, go) {
  const href = address('participant', { accountId: row.accountId, id: row.id });
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    go(href);
  };
  return h(
    'tr',
    {},
    h(
      'td',
      {},
      h(
        'a',
        { class: 'person', href, onclick: open },
        avatar(row.name),
        h('span', {}, h('b', {}, row.name), h('small', {}, row.email ?? row.id)),
      ),
    ),
    h('td', {}, row.blocked ? h('span', { class: 'badge cancelled' }, 'Blocked') : ''),
    h('td', {}, day(row.dateCreated)),
    h('td', { class: 'number' }, String(row.referrals)),
    h('td', { class: 'number' }, String(row.rewards)),
  );
}
