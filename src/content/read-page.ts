/**
 * A page as the texts a person would read, in order, each with what markup says about its part in the page.
 * One walk over the elements; no class names, no ids; open shadow roots and same-origin frames included.
 */
import { labelKind } from './page-words.ts';

export type Run = {
  el: Element;
  text: string;
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
  /** Navigation, banner, footer: the application's frame, where the signed-in person is named. */
  frame: boolean;
};

export type PageText = { runs: Run[]; roots: (Document | ShadowRoot)[]; late: boolean; title: string };

export const CARD_TAG = 'advocate-credits-card';

type Context = Omit<Run, 'el' | 'text' | 'heading' | 'columnHeader'> & {
  columns: readonly string[] | null;
  headerRow: Element | null;
};

const SKIP = new Set(
  'SCRIPT STYLE TEMPLATE NOSCRIPT HEAD SVG CANVAS VIDEO AUDIO OBJECT EMBED OPTION DATALIST'.split(' '),
);
const FRAME = new Set('NAV FOOTER ASIDE'.split(' '));
const FRAME_ROLES = new Set('navigation banner contentinfo search menubar menu toolbar'.split(' '));
const SECTION = new Set('SECTION ARTICLE MAIN FIELDSET DIALOG FORM LI TD TR DETAILS FIGURE'.split(' '));
const SECTION_ROLES = new Set('region group tabpanel form main article dialog listitem row'.split(' '));
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
      columns: null,
      headerRow: null,
    });
  return page;
}

class Reader {
  private left = MOST_ELEMENTS;
  private readonly page: PageText;
  constructor(page: PageText) {
    this.page = page;
  }

  /** Answers the sections that stand after it: a heading goes on beyond the box it was wrapped in. */
  visit(el: Element, outer: Context): readonly string[] {
    const tag = el.tagName.toUpperCase();
    if (--this.left < 0 || SKIP.has(tag) || tag === CARD_TAG.toUpperCase() || isHidden(el))
      return outer.sections;
    const role = el.getAttribute('role');
    const section = SECTION.has(tag) || (role !== null && SECTION_ROLES.has(role));
    const inner = this.enter(el, tag, role, section, outer);

    if (tag === 'INPUT' || tag === 'TEXTAREA') {
      this.field(el, inner);
      return outer.sections;
    }
    const heading = headingLevel(el, tag, role);
    this.ownText(el, tag, role, heading, inner);
    if (heading > 0) return atHeading(outer.sections, el);

    let sections = inner.sections;
    const go = (child: Element) => {
      sections = this.visit(child, { ...inner, sections });
    };
    const shadow = el.shadowRoot;
    if (shadow) {
      this.page.roots.push(shadow);
      for (const child of shadow.children) go(child);
    } else if (tag.includes('-')) this.page.late = true;
    if (tag === 'IFRAME') this.frame(el, inner);
    for (const child of el.children) go(child);
    return section ? outer.sections : sections;
  }

  private enter(el: Element, tag: string, role: string | null, section: boolean, outer: Context): Context {
    const inner = { ...outer };
    if (isFrame(el, tag, role)) inner.frame = true;
    if (tag === 'MAIN' || role === 'main') inner.frame = false;
    const name = nameOf(el, tag);
    if (name !== null) {
      if (section || tag === 'DL' || tag === 'TABLE' || tag === 'UL')
        inner.sections = [...outer.sections, name];
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

  private ownText(el: Element, tag: string, role: string | null, heading: number, context: Context): void {
    let text = '';
    if (heading > 0 || onlyBreaks(el)) text = el.textContent ?? '';
    else for (const node of el.childNodes) if (node.nodeType === 3) text += node.nodeValue ?? '';
    text = text
      .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
      .replace(/\s+/g, ' ')
      .trim();
    if (tag === 'A' && !text.includes('@')) {
      const to = /^mailto:([^?]+)/i.exec(el.getAttribute('href') ?? '')?.[1];
      if (to !== undefined && !to.includes('%')) this.add(el, to, 0, context, false);
    }
    if (text === '') return;
    const columnHeader =
      context.headerRow !== null &&
      context.headerRow === context.row &&
      (tag === 'TH' || role === 'columnheader');
    this.add(el, text, heading, context, columnHeader);
  }

  private field(el: Element, context: Context): void {
    if (!('value' in el) || typeof el.value !== 'string' || el.value === '') return;
    if (!/^(text|email|url|search|tel|)$/.test(el.getAttribute('type') ?? '')) return;
    const fixed = el.hasAttribute('readonly') || el.hasAttribute('disabled');
    const label = context.label ?? labelFor(el);
    this.add(el, el.value.trim(), 0, { ...context, label, editable: !fixed }, false);
  }

  private frame(el: Element, context: Context): void {
    let inside: Document | null = null;
    try {
      inside = 'contentDocument' in el ? (el as HTMLIFrameElement).contentDocument : null;
    } catch {
      return; // another origin: the content script in that frame reads it
    }
    if (!inside?.body) return;
    this.page.roots.push(inside);
    this.visit(inside.body, context);
  }

  private add(el: Element, text: string, heading: number, context: Context, columnHeader: boolean): void {
    const { sections, label, row, inColumn, editable, frame } = context;
    this.page.runs.push({ el, text, heading, sections, label, row, columnHeader, inColumn, editable, frame });
  }
}

function isHidden(el: Element): boolean {
  if (el.hasAttribute('hidden') || el.hasAttribute('inert') || el.getAttribute('aria-hidden') === 'true')
    return true;
  const style = el.getAttribute('style');
  return style !== null && /display:\s*none|visibility:\s*hidden/i.test(style);
}

function isFrame(el: Element, tag: string, role: string | null): boolean {
  if (role !== null) return FRAME_ROLES.has(role);
  if (tag === 'HEADER') return el.closest('main,article,section,[role=main]') === null && !holdsHeading(el);
  return FRAME.has(tag) && !(tag === 'ASIDE' && holdsHeading(el));
}

/** A header with the page's own heading is the head of the details, not of the application. */
const holdsHeading = (el: Element) => el.querySelector('h1,h2,h3,dl,[role=heading]') !== null;

function headingLevel(el: Element, tag: string, role: string | null): number {
  if (/^H[1-6]$/.test(tag) && (role === null || role === 'heading')) return Number(tag[1]);
  if (role === 'heading') return Number(el.getAttribute('aria-level') ?? 2);
  return tag === 'LEGEND' || tag === 'CAPTION' || tag === 'SUMMARY' ? 7 : 0;
}

/** A new heading closes the last one beside it and stands within those around. */
function atHeading(sections: readonly string[], el: Element): readonly string[] {
  const text = (el.textContent ?? '').replace(/\s+/g, ' ').trim();
  const level = headingLevel(el, el.tagName.toUpperCase(), el.getAttribute('role'));
  const kept = sections.filter((entry) => levelOf(entry) < level);
  return [...kept, `${level}\u0000${text}`];
}
const levelOf = (entry: string) => (entry.includes('\u0000') ? Number(entry.split('\u0000')[0]) : 0);
export const sectionText = (entry: string) => entry.slice(entry.indexOf('\u0000') + 1);

/** `jane<wbr>@example.com`, `<b>jane</b>@example.com`: one text for the reader. */
function onlyBreaks(el: Element): boolean {
  if (el.childElementCount === 0 || el.childElementCount > 6) return false;
  const text = el.textContent ?? '';
  if (text.length > 254 || !text.includes('@') || /\S\s+\S/.test(text)) return false;
  for (const child of el.children) {
    const own = (child.textContent ?? '').trim();
    if (own.includes('@') && !own.startsWith('@') && !own.endsWith('@')) return false;
  }
  return true;
}

function nameOf(el: Element, tag: string): string | null {
  const direct = el.getAttribute('aria-label') ?? el.getAttribute('data-label');
  if (direct) return direct;
  const by = el.getAttribute('aria-labelledby');
  if (by) return textById(el, by);
  return tag.includes('-') ? (el.getAttribute('label') ?? el.getAttribute('heading')) : null;
}

function textById(el: Element, ids: string): string | null {
  const root = el.getRootNode();
  if (!('getElementById' in root)) return null;
  const find = root as Document | ShadowRoot;
  const text = ids
    .split(/\s+/)
    .map((id) => find.getElementById(id)?.textContent?.trim() ?? '')
    .join(' ')
    .trim();
  return text === '' ? null : text;
}

function labelFor(el: Element): string | null {
  const wrapping = el.closest('label')?.textContent?.trim();
  if (wrapping) return wrapping;
  if (el.id === '') return null;
  for (const label of (el.getRootNode() as Document | ShadowRoot).querySelectorAll('label'))
    if (label.getAttribute('for') === el.id) return label.textContent?.trim() ?? null;
  return null;
}

/** The row of column headers of a table that has one; a table of label and value per row has none. */
function headerRow(table: Element): { row: Element; texts: string[] } | null {
  const row = table.querySelector('tr,[role=row]');
  if (!row || row.childElementCount < 2) return null;
  const cells = [...row.children];
  const header = (cell: Element) => cell.tagName === 'TH' || cell.getAttribute('role') === 'columnheader';
  if (cells.every(header)) return { row, texts: cells.map((cell) => cell.textContent?.trim() ?? '') };
  // Some tables have no header cells at all; a first row of labels is one.
  const labels = cells.filter((cell) => labelKind(cell.textContent?.trim() ?? '') !== null);
  if (cells.length > 2 && labels.length === cells.length && !cells.some(header))
    return { row, texts: cells.map((cell) => cell.textContent?.trim() ?? '') };
  return null;
}
