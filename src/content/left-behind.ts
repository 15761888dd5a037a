import { CARD_TAG } from './card-tag.ts';

/** Firefox ends the script of an extension that goes and leaves its nodes; the next version's script finds them. */
export function removeLeftBehind(): void {
  for (const card of document.querySelectorAll(CARD_TAG)) card.remove();
}
