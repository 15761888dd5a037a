import type { Lifetime } from './lifetime.ts';
import type { MountedCard } from './mount-card.tsx';
import { readAddress } from './read-address.ts';
import { CARD_TAG, readPage } from './read-page.ts';
import { type Hints, type Recognition, recognisePage } from './recognise.ts';

const QUIET_MS = 200;
/** An unsure page gets this long to become sure before a person is asked. */
const UNSURE_MS = 1_500;
const OBSERVE_MS = 20_000;
/** Only while a card is there: pages change what they show without changing their address. */
const TICK_MS = 1_000;

export type ShowCard = (
  recognition: Extract<Recognition, { kind: 'participant' }>,
  signal: AbortSignal,
) => MountedCard;

/**
 * Looks at the page when it was loaded, when its address changes and while content arrives, and keeps one card that
 * is about whom the page shows. On every other page only the address is watched.
 */
export class PageWatcher {
  private readonly life: Lifetime;
  private readonly show: ShowCard;
  private observer: MutationObserver | null = null;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private end: ReturnType<typeof setTimeout> | undefined;
  private startedAt = 0;
  private card: {
    hints: Hints;
    sure: boolean;
    /** What the address said when the card was put up. */
    named: string;
    mounted: MountedCard;
    gone: AbortController;
  } | null = null;

  constructor(life: Lifetime, show: ShowCard) {
    this.life = life;
    this.show = show;
    life.signal.addEventListener('abort', this.leave);
  }

  leave = (): void => {
    this.rest();
    this.removeCard();
  };

  /** A new page, or the same page at a new address. */
  arrive = (): void => {
    if (!this.life.check()) return;
    this.rest();
    this.startedAt = performance.now();
    this.observer = new MutationObserver((records) => {
      if (records.some(notOurs)) this.lookSoon(QUIET_MS);
    });
    this.end = setTimeout(() => {
      this.rest();
      // The content is no longer waited for, but whom a standing card is about can still change.
      if (this.card) this.lookSoon(TICK_MS);
    }, OBSERVE_MS);
    this.look();
  };

  /** Whether the page and its address still say what the card was made for. */
  stillHere = (hints: Hints): boolean => {
    if (this.addressMoved()) return false;
    const seen = this.recognise().seen;
    return seen.kind === 'participant' && agree(seen.hints, hints);
  };

  private look(): void {
    clearTimeout(this.soon);
    if (!this.life.check()) return;
    const { seen, roots, late } = this.recognise();
    const sure = seen.kind === 'participant' && seen.sure;
    const same = seen.kind === 'participant' && this.card && agree(seen.hints, this.card.hints);
    if (this.card && (!same || this.addressMoved())) {
      // Somebody else, or nobody: as good as another page.
      this.removeCard();
      this.arrive();
      return;
    }
    if (this.card && !this.card.sure && sure) this.removeCard();
    this.card?.mounted.putBack();
    const waited = performance.now() - this.startedAt;
    if (!this.card && seen.kind === 'participant' && (sure || waited >= UNSURE_MS)) this.addCard(seen);

    if (this.card?.sure) this.rest();
    else if (this.observer) {
      for (const root of roots)
        this.observer.observe(root, { childList: true, subtree: true, characterData: true });
      // Shadow roots and frames fill themselves without a change that we could see from outside.
      if (late || seen.kind === 'participant') this.lookSoon(Math.max(QUIET_MS, waited));
    }
    if (this.card && (this.card.mounted.onPage() || waited < OBSERVE_MS)) this.lookSoon(TICK_MS);
  }

  private lookSoon(ms: number): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.look(), ms);
  }

  private recognise(): { seen: Recognition; roots: (Document | ShadowRoot)[]; late: boolean } {
    const page = readPage(document);
    return { seen: recognisePage(page, readAddress(location.href)), roots: page.roots, late: page.late };
  }

  private addCard(seen: Extract<Recognition, { kind: 'participant' }>): void {
    if (seen.hints.email === undefined && seen.hints.userId === undefined) return;
    const gone = new AbortController();
    const mounted = this.show(seen, gone.signal);
    this.card = { hints: seen.hints, sure: seen.sure, named: named(), mounted, gone };
  }

  /** Participants can share what the page shows, so that only the address tells that it is about another one. */
  private addressMoved(): boolean {
    const { card } = this;
    return card !== null && (card.named !== named() || !card.mounted.fits(location.href));
  }

  private removeCard(): void {
    this.card?.gone.abort();
    this.card = null;
  }

  private rest(): void {
    clearTimeout(this.soon);
    clearTimeout(this.end);
    this.observer?.disconnect();
    this.observer = null;
  }
}

function named(): string {
  const { userId, opaque, accountId } = readAddress(location.href);
  return JSON.stringify([userId ?? opaque, accountId]);
}

const notOurs = (record: MutationRecord) =>
  [...record.addedNodes, ...record.removedNodes].some((node) => node.nodeName.toLowerCase() !== CARD_TAG) ||
  record.type === 'characterData';

/** Pages fill in one by one: more is known later, but nothing that was known may change. */
export function agree(a: Hints, b: Hints): boolean {
  const keys = ['email', 'userId', 'accountId'] as const;
  const both = keys.filter((key) => a[key] !== undefined && b[key] !== undefined);
  return (
    both.some((key) => key !== 'accountId') &&
    both.every((key) => a[key]?.toLowerCase() === b[key]?.toLowerCase())
  );
}
