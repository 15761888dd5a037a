import { CARD_TAG } from './card-tag.ts';
import type { Lifetime } from './lifetime.ts';
import type { MountedCard } from './mount-card.tsx';
import { canBeAboutSomebody, readAddress } from './read-address.ts';
import { readPage } from './read-page.ts';
import { agree, type Hints, type Recognition, recognisePage } from './recognise.ts';

const QUIET_MS = 200;
/** An unsure page gets this long to become sure before a person is asked. */
const UNSURE_MS = 1_500;
const OBSERVE_MS = 20_000;
const OBSERVED = {
  childList: true,
  subtree: true,
  characterData: true,
  attributeFilter: ['hidden', 'class', 'style', 'open', 'aria-hidden', 'inert'],
};
/** Only while a card is there: pages change what they show without changing their address. */
const TICK_MS = 1_000;

export type ShowCard = (
  recognition: Extract<Recognition, { kind: 'participant' }>,
  signal: AbortSignal,
) => MountedCard;

/**
 * Looks at the page when it was loaded, when its address changes and while content arrives, and keeps one card that
 * is about whom the page shows. On every other page only its address, clicks and frames are waited for.
 */
export class PageWatcher {
  readonly #life: Lifetime;
  readonly #show: ShowCard;
  #observer: MutationObserver | null = null;
  readonly #listened = new WeakSet<Node>();
  #soon: ReturnType<typeof setTimeout> | undefined;
  #soonAt = Number.POSITIVE_INFINITY;
  #end: ReturnType<typeof setTimeout> | undefined;
  #startedAt = 0;
  #card: {
    hints: Hints;
    sure: boolean;
    /** What the address said when the card was put up. */
    named: string;
    mounted: MountedCard;
    gone: AbortController;
  } | null = null;

  constructor(life: Lifetime, show: ShowCard) {
    this.#life = life;
    this.#show = show;
    life.signal.addEventListener('abort', this.leave);
  }

  leave = (): void => {
    this.#rest();
    this.#removeCard();
  };

  /** A new page, or the same page at a new address. */
  arrive = (): void => {
    if (this.#begin()) this.#look();
    else this.leave();
  };

  /** Dialogs, drawers and frames show a participant without another address; somebody has asked for it. */
  #stir = ({ type, target, key }: Event & { key?: string }): void => {
    if (type === 'load' && !(isElement(target) && /^I?FRAME$/.test(target.tagName))) return;
    if (type === 'keydown' && key !== 'Enter') return;
    if (isElement(target) && target.localName === CARD_TAG) return;
    if (this.#card === null && (this.#observer === null || type === 'load') && this.#begin())
      this.#lookSoon(QUIET_MS);
  };

  #begin(): boolean {
    if (!this.#life.check() || !canBeAboutSomebody(readAddress(location.href))) return false;
    this.#rest();
    this.#startedAt = performance.now();
    this.#observer = new MutationObserver((records) => {
      // The longer nothing came of it, the more seldom it is looked at: some pages never stand still.
      if (records.some(notOurs)) this.#lookSoon(Math.max(QUIET_MS, this.#waited() / 5));
    });
    this.#end = setTimeout(() => {
      this.#rest();
      // The content is no longer waited for, but whom a standing card is about can still change.
      if (this.#card) this.#lookSoon(TICK_MS);
    }, OBSERVE_MS);
    return true;
  }

  #waited(): number {
    return performance.now() - this.#startedAt;
  }

  /** Whether the page and its address still say what the card was made for. */
  stillHere = (hints: Hints): boolean => {
    if (this.#addressMoved()) return false;
    const seen = this.#recognise().seen;
    return seen.kind === 'participant' && agree(seen.hints, hints);
  };

  #look(): void {
    this.#notSoon();
    if (!this.#life.check()) return;
    const { seen, roots, late } = this.#recognise();
    const sure = seen.kind === 'participant' && seen.sure;
    const same = seen.kind === 'participant' && this.#card && agree(seen.hints, this.#card.hints);
    if (this.#card && (!same || this.#addressMoved())) {
      // Somebody else, or nobody: as good as another page.
      this.#removeCard();
      this.arrive();
      return;
    }
    if (this.#card && !this.#card.sure && sure) this.#removeCard();
    this.#card?.mounted.putBack();
    const waited = this.#waited();
    if (!this.#card && seen.kind === 'participant' && (sure || waited >= UNSURE_MS)) this.#addCard(seen);

    if (this.#card?.sure) this.#rest();
    else if (this.#observer) {
      for (const root of roots) this.#observer.observe(root, OBSERVED);
      // Shadow roots and frames fill themselves without a change that we could see from outside.
      if (late || seen.kind === 'participant') this.#lookSoon(Math.max(QUIET_MS, waited));
    }
    if (this.#card && (this.#card.mounted.onPage() || waited < OBSERVE_MS)) this.#lookSoon(TICK_MS);
  }

  /** What was to come sooner stays: a page that changes all the time must not put it off for ever. */
  #lookSoon(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#soonAt) return;
    this.#notSoon();
    this.#soonAt = at;
    this.#soon = setTimeout(() => this.#look(), ms);
  }

  #notSoon(): void {
    clearTimeout(this.#soon);
    this.#soonAt = Number.POSITIVE_INFINITY;
  }

  #listen(root: Node): void {
    if (this.#listened.has(root)) return;
    this.#listened.add(root);
    const { signal } = this.#life;
    for (const type of ['click', 'keydown', 'load'])
      root.addEventListener(type, this.#stir, { signal, capture: true, passive: true });
  }

  #recognise(): { seen: Recognition; roots: (Document | ShadowRoot)[]; late: boolean } {
    const page = readPage(document);
    for (const root of page.roots) this.#listen(root);
    return { seen: recognisePage(page, readAddress(location.href)), roots: page.roots, late: page.late };
  }

  #addCard(seen: Extract<Recognition, { kind: 'participant' }>): void {
    if (seen.hints.email === undefined && seen.hints.userId === undefined) return;
    const gone = new AbortController();
    const mounted = this.#show(seen, gone.signal);
    this.#card = { hints: seen.hints, sure: seen.sure, named: named(), mounted, gone };
  }

  /** Participants can share what the page shows, so that only the address tells that it is about another one. */
  #addressMoved(): boolean {
    const card = this.#card;
    return card !== null && (card.named !== named() || !card.mounted.fits(location.href));
  }

  #removeCard(): void {
    this.#card?.gone.abort();
    this.#card = null;
  }

  #rest(): void {
    this.#notSoon();
    clearTimeout(this.#end);
    this.#observer?.disconnect();
    this.#observer = null;
  }
}

function named(): string {
  const { userId, opaque, accountId } = readAddress(location.href);
  return JSON.stringify([userId ?? opaque, accountId]);
}

const isElement = (target: unknown): target is Element =>
  target !== null && typeof target === 'object' && 'tagName' in target;

const notOurs = ({ type, target, addedNodes, removedNodes }: MutationRecord) =>
  type === 'childList'
    ? [...addedNodes, ...removedNodes].some((node) => node.nodeName.toLowerCase() !== CARD_TAG)
    : target.nodeName.toLowerCase() !== CARD_TAG;
