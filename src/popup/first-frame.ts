/**
 * A script of its own, run before the page is painted: the last picture is on the screen before the popup's code is
 * loaded. It can neither be pressed nor read aloud; index.tsx puts the popup in its place.
 */
import { findApi } from '../ui/extension-api.ts';
import { readFrame } from './kept.ts';

const root = document.getElementById('popup');
const version = findApi()?.runtime.getManifest().version ?? '';
const html = readFrame(() => localStorage, version);
if (root && html !== null) {
  root.inert = true;
  root.append(...new DOMParser().parseFromString(html, 'text/html').body.childNodes);
}

// Loaded by itself and not by the page, which would run it before this frame is painted. No hidden page is painted.
const load = () => void import('./index.js');
if (html === null || document.hidden) load();
else requestAnimationFrame(() => setTimeout(load));
