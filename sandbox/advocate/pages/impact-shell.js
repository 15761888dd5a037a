import { h, load } from './shared.js';

const BASE = '/secure/advertiser/advocate';
export const main = document.querySelector('#main');
export const tenants = await load('tenants');

/** Where the address names no tenant, the first one: test. */
export const parameters = () => new URL(location.href).searchParams;
export const alias = () => parameters().get('tenant') ?? tenants[0].alias;
export const address = (page, more = {}) =>
  `${BASE}/${page}.ihtml?${new URLSearchParams({ tenant: alias(), ...more })}`;
export const tenantAddress = (tenant) => `${BASE}/participants.ihtml?${new URLSearchParams({ tenant })}`;
export const isProfile = () => location.pathname.endsWith('/participant.ihtml');

function toast(text) {
  const box = document.querySelector('#toast');
  box.textContent = text;
  box.classList.add('on');
  setTimeout(() => box.classList.remove('on'), 3000);
}

const initials = (name) =>
  name
    .split(/[\s-]+/)
    .slice(0, 2)
    .map((part) => part[0])
    .join('')
    .toUpperCase();
export const avatar = (name, large) =>
  h('span', { class: large ? 'avatar large' : 'avatar', 'aria-hidden': 'true' }, initials(name));

export function dialog(title, fields, save) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', {}, title),
    fields,
    problem,
    h(
      'footer',
      {},
      h('button', { type: 'button', class: 'quiet', onclick: () => box.close() }, 'Cancel'),
      h('button', { type: 'submit', class: 'primary' }, 'Save'),
    ),
  );
  const box = h('dialog', { onclose: () => box.remove() }, form);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await save(Object.fromEntries(new FormData(form)));
      box.close();
      toast('Saved');
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  document.body.append(box);
  box.showModal();
}

export const field = (label, name, value, extra = {}) =>
  h(
    'label',
    {},
    h('span', {}, label),
    h('input', { name, value: value ?? '', autocomplete: 'off', ...extra }),
  );
