/** Which part of a page an element is: heading, section, a bar of controls, or the application's own frame. */

const FRAME = new Set('NAV FOOTER ASIDE'.split(' '));
const FRAME_ROLES = new Set(
  'navigation banner contentinfo search menubar menu toolbar listbox tooltip log feed alert status'.split(
    ' ',
  ),
);
const SECTION = new Set('SECTION ARTICLE ASIDE MAIN FIELDSET DIALOG FORM LI TD TR DETAILS FIGURE'.split(' '));
const SECTION_ROLES = new Set('region group tabpanel form main article dialog listitem row'.split(' '));

export const isSection = (tag: string, role: string | null) =>
  SECTION.has(tag) || (role !== null && SECTION_ROLES.has(role));

export function isFrame(el: Element, tag: string, role: string | null): boolean {
  if (role !== null) return FRAME_ROLES.has(role);
  if (tag === 'HEADER') return el.closest('main,article,section,[role=main]') === null && !holdsHeading(el);
  return FRAME.has(tag) && !(tag === 'ASIDE' && holdsHeading(el));
}

/** A header with the page's own heading is the head of the details, not of the application. */
const holdsHeading = (el: Element) => el.querySelector('h1,h2,h3,dl,[role=heading]') !== null;

/** Tabs, or links and buttons with nothing else beside them: their texts lead somewhere, and are no labels. */
export function isBar(el: Element, role: string | null): boolean {
  if (role === 'tablist') return true;
  if (el.childElementCount < 2) return false;
  for (const child of el.children) {
    const only = child.childElementCount === 1 ? child.firstElementChild : null;
    if (!isControl(child) && !(only && isControl(only) && only.textContent === child.textContent))
      return false;
  }
  return true;
}

const isControl = (el: Element) =>
  /^(A|BUTTON)$/.test(el.tagName) || /^(tab|button|link)$/.test(el.getAttribute('role') ?? '');

export function headingLevel(el: Element, tag: string, role: string | null): number {
  if (/^H[1-6]$/.test(tag) && (role === null || role === 'heading')) return Number(tag[1]);
  if (role === 'heading') return Number(el.getAttribute('aria-level') ?? 2);
  return tag === 'LEGEND' || tag === 'CAPTION' || tag === 'SUMMARY' ? 7 : 0;
}

/** A new heading closes the last one beside it and stands within those around. */
export function atHeading(sections: readonly string[], el: Element): readonly string[] {
  const text = (el.textContent ?? '').replace(/\s+/g, ' ').trim();
  const level = headingLevel(el, el.tagName.toUpperCase(), el.getAttribute('role'));
  const kept = sections.filter((entry) => levelOf(entry) < level);
  return [...kept, `${level}\u0000${text}`];
}
export const levelOf = (entry: string) => (entry.includes('\u0000') ? Number(entry.split('\u0000')[0]) : 0);
export const sectionText = (entry: string) => entry.slice(entry.indexOf('\u0000') + 1);
