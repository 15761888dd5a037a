/** What a product's next version might do to its pages, for recognise-variants.test.ts. */
type Pick = (below: number) => number;

const STRANGER = 'stranger@elsewhere.example';

const LABELS: Record<string, string[]> = {
  email: ['E-Mail-Adresse', 'Adresse e-mail', 'Correo electrónico', 'メールアドレス', 'E-mailadres', '邮箱'],
  'e-mail': ['E-Mail', 'Courriel', 'Correo', 'Eメール', 'E-post', '이메일'],
  'user id': ['Benutzer-ID', 'ID utilisateur', 'ID de usuario', 'ユーザーID', 'Gebruikers-ID', '用户 ID'],
  'account id': ['Konto-ID', 'ID du compte', 'ID de cuenta', 'アカウントID', 'Account-ID', '账户 ID'],
  'participant id': ['Teilnehmer-ID', 'ID participant', 'ID del participante', '参加者ID'],
  name: ['Name', 'Nom', 'Nombre', '氏名', 'Naam', '姓名'],
  'referred by': ['Empfohlen von', 'Parrainé par', 'Recomendado por', '紹介者', 'Verwezen door', '推荐人'],
  rewards: ['Prämien', 'Récompenses', 'Recompensas', '報酬'],
};

/** What says of somebody that they are another person stays: without it nobody could tell. */
const added = new WeakSet<Element>();

const all = (page: Document, selector: string) => [...page.body.querySelectorAll(selector)];
const pickFrom = <T>(items: readonly T[], pick: Pick): T | undefined => items[pick(items.length)];

/** Another tag with the same attributes and content. */
function rename(el: Element, tag: string): void {
  const fresh = el.ownerDocument.createElement(tag);
  for (const { name, value } of [...el.attributes]) fresh.setAttribute(name, value);
  fresh.append(...el.childNodes);
  el.replaceWith(fresh);
}

function insert(page: Document, html: string, pick: Pick): void {
  const holder = page.createElement('div');
  holder.innerHTML = html;
  const { firstElementChild } = holder;
  if (!firstElementChild) return;
  for (const el of [firstElementChild, ...firstElementChild.querySelectorAll('*')]) added.add(el);
  const places = [page.body, ...all(page, 'main,[role=main]')];
  const place = pickFrom(places, pick) ?? page.body;
  if (pick(2) === 0) place.prepend(firstElementChild);
  else place.append(firstElementChild);
}

const stale = (attributes: string) =>
  `<div ${attributes}><h1>Stan Stranger</h1><dl><dt>Email</dt><dd>${STRANGER}</dd><dt>User ID</dt><dd>stranger</dd><dt>Account ID</dt><dd>elsewhere</dd></dl></div>`;

export const CHANGES = {
  /** Rows of labelled details in another order. */
  order(page: Document, pick: Pick) {
    for (const list of all(page, 'dl')) {
      const terms = [...list.children].filter((el) => el.tagName === 'DT');
      for (const term of terms) {
        const value = term.nextElementSibling;
        if (value?.tagName !== 'DD' || pick(2) === 0) continue;
        list.append(term);
        list.append(value);
      }
    }
    for (const list of all(page, 'tbody,[role=list],[role=treegrid]'))
      for (const row of [...list.children])
        if (pick(2) === 0 && !row.querySelector('th+th')) list.append(row);
  },
  wrap(page: Document, pick: Pick) {
    for (const el of all(page, 'div,p,section,dl,table,ul,h1,h2,h3,form')) {
      if (pick(3) !== 0 || !el.parentElement) continue;
      const box = page.createElement('div');
      el.replaceWith(box);
      box.append(el);
    }
  },
  classes(page: Document, pick: Pick) {
    for (const el of all(page, '*')) {
      el.className = `x${pick(1_000)}`;
      if (el.id && !page.querySelector(`[aria-labelledby~="${el.id}"],[for="${el.id}"]`))
        el.id = `y${pick(1e9)}`;
    }
  },
  tags(page: Document, pick: Pick) {
    for (const el of all(page, 'span,p,section,b,strong,em,small'))
      if (pick(3) === 0) rename(el, el.tagName === 'SECTION' ? 'article' : 'div');
  },
  headings(page: Document, pick: Pick) {
    for (const el of all(page, 'h1,h2,h3,h4')) {
      const what = added.has(el) ? -1 : pick(4);
      if (what === 0) el.remove();
      else if (what === 1) rename(el, 'div');
    }
  },
  /** Other people beside the page, said to be others in words or by being several. */
  sidebar(page: Document, pick: Pick) {
    const people = Array.from({ length: 1 + pick(4) }, (_, i) => `person${i}@elsewhere.example`);
    const forms = [
      `<aside><h2>Other participants</h2><ul>${people.map((p) => `<li>${p}</li>`).join('')}</ul></aside>`,
      `<nav><b>Recently viewed</b>${people.map((p) => `<a href="#">${p}</a>`).join('')}</nav>`,
      `<div role="complementary"><h3>Activity</h3>${people.map((p) => `<p>${p} signed up</p>`).join('')}</div>`,
      `<section><h2>Referred by</h2><dl><dt>Name</dt><dd>Rex</dd><dt>Email</dt><dd>${people[0]}</dd></dl></section>`,
      `<div><div>Referred by</div><div>Rex Rood</div><div>${people[0]}</div></div>`,
      `<div><span>sam.support@elsewhere.example</span></div>`,
      `<footer>Questions? <a href="mailto:help@elsewhere.example">Write to us</a></footer>`,
    ];
    insert(page, pickFrom(forms, pick) ?? '', pick);
  },
  hiddenStale(page: Document, pick: Pick) {
    const ways = [
      'hidden',
      'style="display: none"',
      'style="visibility:hidden"',
      'aria-hidden="true"',
      'inert',
    ];
    insert(page, stale(pickFrom(ways, pick) ?? 'hidden'), pick);
  },
  labels(page: Document, pick: Pick) {
    const language = pick(6);
    for (const el of all(page, '*')) {
      if (el.childElementCount > 0) continue;
      const text = (el.textContent ?? '').trim();
      const said = LABELS[text.replace(/[:：]$/, '').toLowerCase()];
      if (said) el.textContent = (said[language] ?? said[0] ?? text) + (/[:：]$/.test(text) ? ':' : '');
    }
  },
} as const satisfies Record<string, (page: Document, pick: Pick) => void>;

export type Change = keyof typeof CHANGES;
