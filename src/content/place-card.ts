/**
 * Where the card stands: after the participant's details where the page flows downwards and nothing that a person is
 * reading would move, else nowhere in the flow (the caller shows a panel in the corner). A grid or a row of boxes
 * would be torn apart by one more child.
 */
export function placeCard(host: HTMLElement, details: Element | null): 'flow' | 'panel' {
  let at = details;
  for (let climbed = 0; at && climbed < 4; climbed++) {
    const parent: Element | null = at.parentElement;
    // Past the page's main part the card would stand among the application's own bars.
    if (!parent || /^(MAIN|BODY|HTML)$/.test(at.tagName) || (climbed > 0 && parent.tagName === 'BODY')) break;
    if (flowsDown(parent) && wideEnough(parent) && movesNothing(at)) {
      at.after(host);
      return 'flow';
    }
    at = parent;
  }
  document.body.append(host);
  return 'panel';
}

function flowsDown(parent: Element): boolean {
  const { display, flexDirection, overflowY, position } = getComputedStyle(parent);
  if (overflowY === 'hidden' && position === 'fixed') return false;
  if (/^(inline-)?flex$/.test(display)) return flexDirection === 'column';
  return display === '' || display === 'block' || display === 'flow-root' || display === 'list-item';
}

const NARROWEST = 220;
/** A page that is not laid out (yet) has no widths to judge by. */
const wideEnough = (parent: Element) => parent.clientWidth === 0 || parent.clientWidth >= NARROWEST;

/** Whatever stands below, up to the page's own end, is out of sight. */
function movesNothing(after: Element): boolean {
  for (let at: Element | null = after; at && at !== document.body; at = at.parentElement) {
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling) {
      const { top, height } = next.getBoundingClientRect();
      const inFlow = !/fixed|absolute/.test(getComputedStyle(next).position);
      if (inFlow && height > 0 && top < innerHeight && top >= at.getBoundingClientRect().top) return false;
    }
  }
  return true;
}

/** Light or dark as the page is behind the card, whatever the system prefers. */
export function schemeOf(el: Element): 'light' | 'dark' {
  for (let at: Element | null = el; at; at = at.parentElement) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (
      getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []
    ).map(Number);
    const known = getComputedStyle(at).backgroundColor.startsWith('rgb');
    if (known && alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 110 ? 'dark' : 'light';
  }
  const declared = getComputedStyle(document.documentElement).colorScheme;
  return declared.includes('dark') &&
    (!declared.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches)
    ? 'dark'
    : 'light';
}
