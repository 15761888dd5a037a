/** So long somebody else may give the focus a place: a view that takes it to its heading, a step to the next one. */
const A_MOMENT_MS = 150;
const HEADING = 'h2, h3';

/**
 * What has the focus may go away with its own deed: a button whose deed is done, a row that was removed. Then the place
 * where it stood takes the focus, or the heading in it: there a second press does nothing, and Tab goes on from there.
 */
export function keepFocus(page: Document): void {
  /** What had the focus last, and all around it from the inside out. */
  let path: Element[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isNowhere = () => page.activeElement === null || page.activeElement === page.body;
  const isGone = (one: Element | undefined) =>
    one !== undefined && (!one.isConnected || one.matches(':disabled'));

  const mend = () => {
    if (!isGone(path[0]) || !(isNowhere() || page.activeElement === path[0])) return;
    const left = path.find((one) => one.isConnected && !one.matches('button, input, select, a'));
    const place = left?.querySelector(HEADING) ?? left;
    if (!(place instanceof HTMLElement)) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };

  page.addEventListener('focusin', ({ target }) => {
    path = [];
    for (let at = target instanceof Element ? target : null; at; at = at.parentElement) path.push(at);
  });
  // A click beside everything leaves it on purpose. Whether it was that, or the control went away, shows right after.
  page.addEventListener('focusout', () =>
    setTimeout(() => {
      if (page.hasFocus() && isNowhere() && !isGone(path[0])) path = [];
    }),
  );
  new MutationObserver(() => {
    if (!isGone(path[0])) return;
    clearTimeout(timer);
    timer = setTimeout(mend, A_MOMENT_MS);
  }).observe(page.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}
