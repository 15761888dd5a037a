import { render } from 'preact';
import { say } from '../locales/say.ts';
import controls from '../ui/controls.css';
import link from '../ui/link/link.css';
import tokens from '../ui/tokens.css';
import type { AskMaybe } from './ask.ts';
import { Card } from './Card.tsx';
import card from './card.css';
import { CardModel, type CardState } from './card-model.ts';
import { CARD_TAG } from './card-tag.ts';
import { answered } from './card-text.ts';
import { detailsBlock } from './details-block.ts';
import { type Look, styleHost } from './host-style.ts';
import { placeCard, schemeOf } from './place-card.ts';
import type { Hints } from './recognise.ts';

// A page may set custom properties on our host by accident (`* { --accent: … }`); on an element inside it cannot.
const STYLES = `${tokens.replaceAll(/:host\s*\{/g, '.tokens {')}\n${controls}\n${link}\n${card}`;

/**
 * What a person does inside the card is not the page's business: its shortcuts must not fire on our text box, its drawer
 * must not close because somebody pressed beside it, its dialog must not take the focus back.
 */
const KEPT_INSIDE = (
  'keydown keyup keypress beforeinput input compositionstart compositionend paste copy cut ' +
  'click mousedown mouseup pointerdown pointerup touchstart touchend focusin focusout'
).split(' ');

export type MountOptions = {
  ask: AskMaybe;
  hints: Hints;
  sure: boolean;
  address: string;
  /** The texts that say who it is; the card stands after what holds them. */
  details: readonly Element[];
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
  // The page may be in any other language, and written from right to left; ours are not.
  body.lang = say('language');
  body.dir = 'ltr';
  root.append(body);
  for (const type of KEPT_INSIDE) host.addEventListener(type, (event) => event.stopPropagation());

  let place: 'flow' | 'panel' | null = null;
  let worn: Look | null = null;
  let collapsed = !options.sure;
  const draw = (state: CardState) => {
    const { is } = state.screen;
    // Nothing comes and goes before their eyes: the card comes with what it has to say.
    if (place === null && (is === 'nothing' || is === 'loading')) return;
    place ??= put();
    wear(is === 'nothing' ? 'hidden' : is === 'ask' && collapsed && place === 'panel' ? 'quiet' : place);
    const panel = place === 'panel' ? { collapsed, toggle } : null;
    const focused = root.activeElement;
    render(<Card state={state} model={model} panel={panel} />, body);
    keepFocus(root, focused);
  };
  const wear = (look: Look) => {
    if (look !== worn) styleHost(host, look);
    worn = look;
  };
  const put = () => {
    const where = placeCard(
      host,
      options.sure ? detailsBlock(options.details.filter((el) => el.isConnected)) : null,
    );
    body.style.colorScheme = schemeOf(host.parentElement ?? document.body);
    return where;
  };
  const model = new CardModel({ ...options, ask: answered(options.ask), onChange: draw });
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
function keepFocus(root: ShadowRoot, before: Element | null): void {
  if (before === null || before === root.activeElement) return;
  const target =
    root.querySelector<HTMLElement>('[data-focus]') ?? root.querySelector<HTMLElement>('h2, button');
  target?.focus({ preventScroll: true });
  if (target instanceof HTMLInputElement) target.select();
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
