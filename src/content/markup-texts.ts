/** Texts that stand in attributes, or in pieces: names, labels, addresses behind links, what a button copies. */
import { isEmail } from './identity-text.ts';
import { labelKind } from './page-words.ts';
import { decode } from './read-address.ts';
import { textOf } from './shown.ts';

/** Attributes that developers write a label into; in them only words that we know are one. */
const LABEL_ATTRIBUTES = 'title data-title data-field data-name data-key data-th data-header itemprop'.split(
  ' ',
);
const COPIED = ['data-clipboard-text', 'data-copy', 'data-value', 'value'];

export function nameOf(el: Element, tag: string): string | null {
  const direct = el.getAttribute('aria-label') ?? el.getAttribute('data-label');
  if (direct) return direct;
  const by = el.getAttribute('aria-labelledby');
  if (by) return textById(el, by);
  if (tag.includes('-')) {
    const own = el.getAttribute('label') ?? el.getAttribute('heading');
    if (own) return own;
  }
  for (const attribute of LABEL_ATTRIBUTES) {
    const text = el.getAttribute(attribute);
    if (text && labelKind(text) !== null) return text;
  }
  return null;
}

/** An icon in the place of a label. */
export function iconLabel(el: Element, tag: string): string | null {
  if (!/^(SVG|IMG|I|SPAN)$/.test(tag) && !tag.includes('-')) return null;
  const title = tag === 'SVG' ? el.querySelector('title') : null;
  if (el !== title?.parentElement && textOf(el)) return null;
  const text = title?.textContent ?? el.getAttribute('alt') ?? nameOf(el, tag);
  return text && labelKind(text) !== null ? text : null;
}

/** `Copy` beside a value that is nowhere else: what the button would copy. */
export function copiedBy(el: Element, tag: string): string | null {
  if (tag !== 'BUTTON' && tag !== 'CLIPBOARD-COPY' && el.getAttribute('role') !== 'button') return null;
  for (const attribute of COPIED) {
    const text = el.getAttribute(attribute)?.trim();
    if (text && !el.parentElement?.textContent?.includes(text)) return text;
  }
  return null;
}

/** What a form field is for, from the words that stand in it or behind it. */
export function fieldWords(el: Element): string | null {
  const words = ['placeholder', 'name', 'type'].map((name) => el.getAttribute(name));
  return words.find((text) => text && labelKind(text) !== null) ?? null;
}

const SEARCH = /search|filter|find|such|cherch|busc|検索|搜索/i;
/** What somebody looks for is not what the page is about. */
export function isSearch(el: Element): boolean {
  const role = el.getAttribute('role');
  if (el.getAttribute('type') === 'search' || role === 'searchbox' || role === 'combobox') return true;
  return SEARCH.test(`${el.getAttribute('placeholder') ?? ''} ${el.getAttribute('aria-label') ?? ''}`);
}

export function mailAddress(el: Element): string | null {
  const to = /^mailto:([^?]+)/i.exec(el.getAttribute('href') ?? '')?.[1];
  return to === undefined ? null : decode(to);
}

/** `jane.archer@ex…`, with the whole of it in its title or behind the link. */
export function shortened(el: Element): string | null {
  if (el.childElementCount > 0) return null;
  const [, start] = /^(\S+?)(?:…|\.{3})$/.exec(textOf(el)) ?? [];
  if (start === undefined) return null;
  for (const whole of [el.getAttribute('title'), mailAddress(el)])
    if (whole && isEmail(whole) && whole.startsWith(start)) return whole;
  return null;
}

/** `<b>jane</b>@example.com`: one text for the reader. */
export function isBrokenEmail(el: Element): boolean {
  if (el.childElementCount === 0 || el.childElementCount > 6) return false;
  for (const child of el.children) if (child.childElementCount > 0 || child.shadowRoot) return false;
  const pieces = [...el.childNodes].map((node) => (node.nodeType < 4 ? textOf(node) : ''));
  return isEmail(pieces.join('')) && !pieces.some(isEmail) && pieces.join('') === textOf(el);
}

function textById(el: Element, ids: string): string | null {
  const root = el.getRootNode();
  if (!('getElementById' in root)) return null;
  const find = root as Document | ShadowRoot;
  const text = ids
    .split(/\s+/)
    .map((id) => textOf(find.getElementById(id)))
    .join(' ')
    .trim();
  return text === '' ? null : text;
}
