/**
 * The host belongs to the page, so the page's rules reach it. Declared on the element itself and important, these win
 * over all of them.
 */
const ALWAYS = { all: 'initial', 'box-sizing': 'border-box' };
const CORNER = {
  display: 'block',
  position: 'fixed',
  inset: 'auto 16px 16px auto',
  'z-index': '2147483000',
  contain: 'layout style',
};
const STYLES = {
  hidden: { display: 'none' },
  flow: { display: 'block', margin: '16px 0', contain: 'layout style' },
  panel: { ...CORNER, width: 'min(380px, calc(100vw - 32px))' },
  quiet: { ...CORNER, width: 'auto', 'max-width': 'calc(100vw - 32px)' },
};

export type Look = keyof typeof STYLES;

export function styleHost(host: HTMLElement, as: Look): void {
  host.removeAttribute('style');
  for (const [property, value] of Object.entries({ ...ALWAYS, ...STYLES[as] }))
    host.style.setProperty(property, value, 'important');
}
