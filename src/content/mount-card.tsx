import { render } from 'preact';
import controls from '../ui/controls.css';
import tokens from '../ui/tokens.css';
import type { Ask } from './ask.ts';
import { Card } from './Card.tsx';
import card from './card.css';
import { CardModel, type CardState } from './card-model.ts';
import { styleHost } from './host-style.ts';
import { placeCard, schemeOf } from './place-card.ts';
import { CARD_TAG } from './read-page.ts';
import type { Hints } from './recognise.ts';

// A page may set custom properties on our host by accident (`* { --accent: … }`); on an element inside it cannot.
const STYLES = `${tokens.replace(/:host\s*\{/, '.tokens {')}\n${controls}\n${card}`;

/** What a person does inside the card is not the page's business: its shortcuts must not fire on our text box. */
const KEPT_INSIDE =
  'keydown keyup keypress beforeinput input change compositionstart compositionend paste copy cut'.split(' ');

export type MountOptions = {
  ask: Ask;
  hints: Hints;
  sure: boolean;
  address: string;
  details: Element | null;
  signal: AbortSignal;
  stillHere: () => boolean;
  /** Only a preview that has to look inside opens it. */
  shadow?: ShadowRootMode;
};

export type MountedCard = {
  /** Whether it stands on the page. One that has nothing to say does not. */
  onPage: () => boolean;
  /** Back to its place, for pages that draw themselves anew and throw our node away with their own. */
  putBack: () => void;
  /** Whether the page at this address can still be about whom the card is about. */
  fits: (address: string) => boolean;
};

/** Puts the card on the page until the signal says otherwise. */
export function mountCard(options: MountOptions): MountedCard {
  const host = document.createElement(CARD_TAG);
  const root = host.attachShadow({ mode: options.shadow ?? 'closed' });
  addStyles(root);
  const body = document.createElement('div');
  body.className = 'tokens';
  root.append(body);
  for (const type of KEPT_INSIDE) host.addEventListener(type, (event) => event.stopPropagation());

  let place: 'flow' | 'panel' | null = null;
  let collapsed = !options.sure;
  const draw = (state: CardState) => {
    const empty = state.screen.is === 'nothing';
    if (empty && place === null) return;
    if (place === null) place = put();
    if (empty) styleHost(host, 'hidden');
    const panel = place === 'panel' ? { collapsed, toggle } : null;
    const focused = root.activeElement;
    const finding = state.finder !== null;
    render(<Card state={state} model={model} panel={panel} />, body);
    keepFocus(root, focused, finding);
  };
  const put = () => {
    const where = placeCard(host, options.details?.isConnected ? options.details : null);
    styleHost(host, where);
    body.style.colorScheme = schemeOf(host.parentElement ?? document.body);
    return where;
  };
  const model = new CardModel({ ...options, onChange: draw });
  const toggle = () => {
    collapsed = !collapsed;
    draw(model.state);
  };

  options.signal.addEventListener('abort', () => {
    render(null, body);
    host.remove();
  });
  draw(model.state);
  void model.start();
  return {
    onPage: () => host.isConnected,
    putBack: () => {
      if (place === null || host.isConnected || options.signal.aborted) return;
      place = put();
      draw(model.state);
    },
    fits: model.fits,
  };
}

/** Whoever works by keyboard must not be thrown back to the top of the page when a button goes away. */
function keepFocus(root: ShadowRoot, before: Element | null, finding: boolean): void {
  if (before === null || before === root.activeElement) return;
  const target = root.querySelector<HTMLElement>('[data-focus]') ?? root.querySelector<HTMLElement>('h2');
  target?.focus({ preventScroll: true });
  if (finding && target instanceof HTMLInputElement) target.select();
}

/** Constructed style sheets are not subject to the page's content security policy; Firefox refuses them here. */
function addStyles(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement('style');
    style.textContent = STYLES;
    root.append(style);
  }
}
