/** What of the markup is on the page at all, and in which order it is shown. */

export const textOf = (node: Node | null | undefined): string => node?.textContent?.trim() ?? '';
export const isElement = (node: Node): node is Element => node.nodeType === 1;

export function hostOf(el: Element): Element | null {
  const root = el.getRootNode();
  return 'host' in root ? (root as ShadowRoot).host : null;
}

/** By its own markup alone: this holds even for a page that no browser lays out. */
export function isHidden(el: Element): boolean {
  if (el.hasAttribute('hidden') || (el.tagName === 'DIALOG' && !el.hasAttribute('open'))) return true;
  const style = el.getAttribute('style');
  return (
    style !== null &&
    /display:\s*none|visibility:\s*(hidden|collapse)|opacity:\s*0(\.0+)?\s*(;|!|$)/i.test(style)
  );
}

/** By style sheets as well, where the page is one that a browser shows. Closed details are there to be opened. */
export function isShown(el: Element): boolean {
  const view = el.ownerDocument.defaultView;
  if (!view || !('checkVisibility' in el) || el.checkVisibility({ visibilityProperty: true })) return true;
  if (el.closest('details:not([open])') !== null) return true;
  // Without a box of its own (slots have none), it is seen where what it stands in is.
  const outer = el.parentElement ?? hostOf(el);
  return outer !== null && view.getComputedStyle(el).display === 'contents' && isShown(outer);
}

/** What the host has for this slot; whoever assigns by hand is not read. */
export function slottedInto(slot: Element): Node[] {
  const name = slot.getAttribute('name') ?? '';
  return [...(hostOf(slot)?.childNodes ?? [])].filter(
    (node) => ((isElement(node) && node.getAttribute('slot')) || '') === name,
  );
}
