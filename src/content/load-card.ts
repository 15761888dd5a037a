import { fileOfOurs } from './ask.ts';
import type { MountedCard, MountOptions, mountCard } from './mount-card.tsx';

/**
 * The card's code comes only once a page is about a participant: most pages never need it. Until it is there, it
 * is a card with nothing to say yet.
 */
export function loadCard(options: MountOptions): MountedCard {
  let card: MountedCard | null = null;
  const load = async () => {
    const loaded: { mountCard: typeof mountCard } = await import(fileOfOurs('card.js'));
    if (!options.signal.aborted) card = loaded.mountCard(options);
  };
  // An extension that was updated beneath this page has no files for it any more: the page stays as it is.
  load().catch(() => undefined);
  return {
    onPage: () => card?.onPage() ?? false,
    putBack: () => card?.putBack(),
    fits: (address) => card?.fits(address) ?? true,
  };
}
