/**
 * What runs on every page of the two hosts: a glance at its address. Most pages can be about nobody, and end here; the
 * recogniser's code comes only where one could be a participant's.
 */
import { fileOfOurs } from './ask.ts';
import { readByParent } from './frames.ts';
import { removeLeftBehind } from './left-behind.ts';
import { canBeAboutSomebody, readAddress } from './read-address.ts';
import type { watchPage } from './recogniser.ts';
import { watchAddress } from './watch-address.ts';

async function recognise(): Promise<void> {
  const loaded: { watchPage: typeof watchPage } = await import(fileOfOurs('recogniser.js'));
  loaded.watchPage();
}

if (!readByParent(window)) {
  removeLeftBehind();
  let stop = () => {};
  const look = () => {
    if (!canBeAboutSomebody(readAddress(location.href))) return;
    stop();
    // An extension that was updated beneath this page has no files for it any more: the page stays as it is.
    recognise().catch(() => undefined);
  };
  stop = watchAddress(look);
  look();
}
