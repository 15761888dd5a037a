import { showList } from './impact-list.js';
import { leaveProfile, showProfile } from './impact-profile.js';
import { address, alias, isProfile, main, tenantAddress, tenants } from './impact-shell.js';
import { h } from './shared.js';

const tenantBox = document.querySelector('#tenant');

/** The shell stays and its inside changes, as in a single-page application. */
function go(url) {
  history.pushState(null, '', url);
  return show();
}

async function show() {
  leaveProfile();
  tenantBox.value = alias();
  for (const link of document.querySelectorAll('[data-nav=list]')) link.href = address('participants');
  if (isProfile()) await showProfile();
  else await showList(go);
  main.scrollTop = 0;
}

tenantBox.append(
  ...tenants.map((t) =>
    h('option', { value: t.alias }, `${t.mode === 'test' ? 'Test' : 'Live'} · ${t.alias}`),
  ),
);
tenantBox.addEventListener('change', () => go(tenantAddress(tenantBox.value)));
addEventListener('popstate', show);
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('[data-nav=list]');
  if (!link || event.metaKey || event.ctrlKey || event.button !== 0) return;
  event.preventDefault();
  go(link.href);
});
await show();
