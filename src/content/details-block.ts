const PART_OF_SOMETHING =
  /^(A|ABBR|B|BDI|BUTTON|CODE|DD|DIV|DL|DT|EM|H[1-6]|I|INPUT|LABEL|LI|OL|P|SMALL|SPAN|STRONG|TABLE|TBODY|TD|TEXTAREA|TH|THEAD|TR|UL)$/;

/** The part of the page that holds all of these texts: the card stands after it. Always in the page's own tree. */
export function detailsBlock(texts: readonly Element[]): Element | null {
  const [first, ...others] = texts.map(lift);
  if (!first) return null;
  let block: Element | null = first;
  for (const other of others) while (block && !block.contains(other)) block = block.parentElement;
  // A list or a row is a part of the details; the next box that is more than a wrapper is the details.
  while (block && PART_OF_SOMETHING.test(block.tagName) && !isLandmark(block)) {
    const parent: Element | null = block.parentElement;
    if (!parent || /^(MAIN|BODY|HTML)$/.test(parent.tagName) || parent.getAttribute('role') === 'main') break;
    if (block.tagName === 'DIV' && block.nextElementSibling !== null && holdsBlocks(parent)) break;
    block = parent;
  }
  return block === null || /^(BODY|HTML|MAIN)$/.test(block.tagName) ? null : block;
}

/** Out of shadow roots and frames, to the element of the page that shows them. */
function lift(el: Element): Element {
  let at = el;
  for (;;) {
    const root = at.getRootNode();
    const outer = 'host' in root ? (root as ShadowRoot).host : at.ownerDocument.defaultView?.frameElement;
    if (!outer || outer === at) return at;
    at = outer;
  }
}

const isLandmark = (el: Element) =>
  /^(region|group|tabpanel|article|form)$/.test(el.getAttribute('role') ?? '');
const holdsBlocks = (el: Element) =>
  el.querySelector(':scope > div > *, :scope > section, :scope > article') !== null;
