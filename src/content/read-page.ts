/**
 * A page as the texts a person would read, in order, each with what markup says about its part in the page.
 * One walk over the elements; no class names, no ids; open shadow roots and same-origin frames included.
 */
import { CARD_TAG } from './card-tag.ts';
import { headerRow, isHeader, labelsOver } from './column-headers.ts';
import { forText } from './for-text.ts';
import { isHash } from './identity-text.ts';
import {
  copiedBy,
  fieldWords,
  iconLabel,
  isBrokenEmail,
  isSearch,
  mailAddress,
  nameOf,
  shortened,
} from './markup-texts.ts';
import { atHeading, headingLevel, isBar, isFrame, isSection } from './page-parts.ts';
import { type LabelKind, labelKind } from './page-words.ts';
import { isElement, isHidden, isShown, slottedInto, textOf } from './shown.ts';

export type Run = {
  el: Element;
  text: string;
  /** What it names, if it is a label. */
  kind: LabelKind | null;
  /** 1 to 6 for a heading, 7 for a legend or caption, else 0. */
  heading: number;
  /** The heading or name of the section it stands in, and of those around it. */
  sections: readonly string[];
  /** A label that markup ties to it: column header, aria-label, aria-labelledby. */
  label: string | null;
  /** Row of a table, list or grid, when there is more than one. */
  row: Element | null;
  /** Header cell of a column: a label, never a value. */
  columnHeader: boolean;
  /** Under a column header. */
  inColumn: boolean;
  /** Value of a form field that can be typed into. */
  editable: boolean;
  /** In a dialog over the page. */
  dialog: boolean;
  /** Kept from assistive technology: behind a dialog, or not meant to be read. */
  behind: boolean;
  /** Navigation, banner, footer: the application's frame, where the signed-in person is named. */
  frame: boolean;
};

/** A dash can stand for a value that there is not. */
const ornament = forText(String.raw`^[^\p{L}\p{N}—–-]{1,2}$`);

export type PageText = { runs: Run[]; roots: (Document | ShadowRoot)[]; late: boolean; title: string };

type Context = Omit<Run, 'el' | 'text' | 'kind' | 'heading' | 'columnHeader'> & {
  columns: readonly string[] | null;
  headerRow: Element | null;
  /** Among links and buttons that lead elsewhere. */
  bar: boolean;
};

const SKIP = new Set(
  'SCRIPT STYLE TEMPLATE NOSCRIPT HEAD SVG CANVAS VIDEO AUDIO OBJECT EMBED OPTION DATALIST'.split(' '),
);
/** Beyond this a page is no details page, and reading on would be felt. */
const MOST_ELEMENTS = 15_000;

export function readPage(doc: Document): PageText {
  const page: PageText = { runs: [], roots: [doc], late: false, title: doc.title };
  const reader = new Reader(page);
  if (doc.body)
    reader.visit(doc.body, {
      sections: [],
      label: null,
      row: null,
      inColumn: false,
      editable: false,
      frame: false,
      dialog: false,
      behind: false,
      columns: null,
      headerRow: null,
      bar: false,
    });
  return page;
}

class Reader {
  #left = MOST_ELEMENTS;
  readonly #page: PageText;
  readonly #labels = new Map<Node, Map<string, string>>();
  constructor(page: PageText) {
    this.#page = page;
  }

  /** Answers the sections that stand after it: a heading goes on beyond the box it was wrapped in. */
  visit(el: Element, outer: Context): readonly string[] {
    const tag = el.tagName.toUpperCase();
    if (--this.#left < 0 || tag === CARD_TAG.toUpperCase() || isHidden(el)) return outer.sections;
    const icon = iconLabel(el, tag);
    if (icon !== null) this.#add(el, icon, 0, outer);
    if (SKIP.has(tag)) return outer.sections;
    const role = el.getAttribute('role');
    const section = isSection(tag, role);
    const inner = this.#enter(el, tag, role, section, outer);

    if (tag === 'INPUT' || tag === 'TEXTAREA') {
      this.#field(el, inner);
      return outer.sections;
    }
    const heading = headingLevel(el, tag, role);
    if (heading > 0) {
      const after = atHeading(outer.sections, el);
      this.#add(el, el.textContent ?? '', heading, { ...inner, sections: after.slice(0, -1) });
      return after;
    }
    let { sections } = inner;
    const copied = copiedBy(el, tag);
    if (copied !== null) {
      this.#add(el, copied, 0, inner);
      return sections;
    }
    const whole = shortened(el) ?? (isBrokenEmail(el) ? el.textContent : null);
    if (whole !== null) this.#add(el, whole, 0, inner);
    else sections = this.#children(el, inner);
    if (tag === 'A' && whole === null) this.#mailto(el, inner);
    const apart = section || inner.behind !== outer.behind;
    return apart ? outer.sections : sections;
  }

  /** In the order in which they are shown: a shadow root first, and what belongs into its slots where they are. */
  #children(el: Element, context: Context): readonly string[] {
    const shadow = el.shadowRoot;
    if (shadow) this.#page.roots.push(shadow);
    else if (el.tagName.includes('-')) this.#page.late = true;
    if (el.tagName === 'IFRAME') this.#frame(el, context);
    const slotted = el.tagName === 'SLOT' ? slottedInto(el) : [];
    const over = context.columns ? null : labelsOver(el);
    let nth = 0;
    let { sections } = context;
    let text = '';
    const flush = () => {
      const several = el.tagName === 'PRE' ? '\n' : /[:：]/.test(text) ? /\s[|·•]\s/ : /$^/;
      const lines = text.split(several);
      for (const line of lines) this.#add(el, line, 0, { ...context, sections });
      text = '';
    };
    for (const node of slotted.length > 0 ? slotted : (shadow ?? el).childNodes) {
      if (node.nodeType === 3) text += node.nodeValue ?? '';
      if (!isElement(node) || node.tagName === 'WBR') continue;
      flush();
      const label = over?.[nth++];
      const cell = label === undefined ? null : { label, inColumn: true, row: el };
      sections = this.visit(node, { ...context, ...cell, sections });
    }
    flush();
    return sections;
  }

  /** A link that opens the mail program says whose address it is by its text, if at all. */
  #mailto(el: Element, context: Context): void {
    const to = mailAddress(el);
    const text = textOf(el);
    if (to === null || text.includes('@')) return;
    this.#add(el, to, 0, labelKind(text) === null ? context : { ...context, label: text });
  }

  #enter(el: Element, tag: string, role: string | null, section: boolean, outer: Context): Context {
    const inner = { ...outer };
    if (el.getAttribute('aria-hidden') === 'true' || el.hasAttribute('inert')) inner.behind = true;
    if (tag === 'DIALOG' || role === 'dialog' || role === 'alertdialog') inner.dialog = true;
    if (isFrame(el, tag, role)) inner.frame = true;
    if (tag === 'MAIN' || role === 'main') inner.frame = false;
    if (isBar(el, role)) inner.bar = true;
    const name = nameOf(el, tag);
    if (name !== null) {
      const kind = labelKind(name);
      const container = kind === null ? section || el.childElementCount > 0 : kind === 'foreign' && section;
      if (container) inner.sections = [...inner.sections, name];
      else inner.label = name;
    }
    if (tag === 'TABLE' || role === 'table' || role === 'grid') {
      const header = headerRow(el);
      inner.headerRow = header?.row ?? null;
      inner.columns = header?.texts ?? null;
      inner.row = null;
    }
    if (tag === 'TR' || role === 'row') {
      inner.row = el;
      inner.label = null;
    } else if ((tag === 'LI' || role === 'listitem') && (el.parentElement?.childElementCount ?? 0) > 1)
      inner.row = el;
    if ((tag === 'TD' || role === 'cell' || role === 'gridcell') && inner.columns && el.parentElement) {
      inner.label = inner.columns[[...el.parentElement.children].indexOf(el)] ?? inner.label;
      inner.inColumn = true;
    }
    return inner;
  }

  #field(el: Element, context: Context): void {
    if (!('value' in el) || typeof el.value !== 'string' || el.value === '') return;
    if (!/^(text|email|url|tel|)$/.test(el.getAttribute('type') ?? '') || isSearch(el)) return;
    const fixed = el.hasAttribute('readonly') || el.hasAttribute('disabled');
    const label = context.label ?? this.#labelFor(el) ?? fieldWords(el);
    this.#add(el, el.value, 0, { ...context, label, editable: !fixed });
  }

  #labelFor(el: Element): string | null {
    const wrapping = textOf(el.closest('label'));
    if (wrapping || el.id === '') return wrapping || null;
    const root = el.getRootNode() as Document | ShadowRoot;
    let labels = this.#labels.get(root);
    if (!labels) {
      labels = new Map();
      for (const label of root.querySelectorAll('label[for]'))
        labels.set(label.getAttribute('for') ?? '', textOf(label));
      this.#labels.set(root, labels);
    }
    return labels.get(el.id) ?? null;
  }

  #frame(el: Element, context: Context): void {
    let inside: Document | null = null;
    try {
      inside = 'contentDocument' in el ? (el as HTMLIFrameElement).contentDocument : null;
    } catch {
      return; // another origin: the content script in that frame reads it
    }
    if (!inside?.body) return;
    this.#page.roots.push(inside);
    this.#page.late = true;
    this.visit(inside.body, context);
  }

  #add(el: Element, raw: string, heading: number, context: Context): void {
    const text = raw
      .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/\s+/g, ' ')
      .replace(/^ ?[:：=] ?(?=.)/, '')
      .trim();
    const kind = context.bar ? null : labelKind(text);
    const matters = kind !== null || heading > 0 || text.includes('@') || isHash(text);
    if (text === '' || ornament(text).test(text) || (matters && !isShown(el))) return;
    const { columns: _, headerRow, bar: __, ...run } = context;
    const columnHeader = headerRow !== null && headerRow === run.row && isHeader(el);
    this.#page.runs.push({ ...run, el, text, kind, heading, columnHeader });
  }
}
