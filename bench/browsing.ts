/** A Chromium with the built extension in it, and pages that have nothing to do with it. */
import { type Hands, openBrowser } from '../sandbox/hands.ts';
import { findChromium } from '../scripts/find-chromium.ts';
import type { Paying } from './paying.ts';

/** Nothing but this machine is reached. */
const NOWHERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

export async function openBenchBrowser(
  options: Partial<Parameters<typeof openBrowser>[0]> = {},
): Promise<Hands> {
  return openBrowser({ chromium: await findChromium(), browserFlag: NOWHERE, ...options });
}

/** Everything else is set up already, so that paying begins with it. */
export async function pairHands(hands: Hands, { url, code }: Pick<Paying, 'url' | 'code'>): Promise<void> {
  await hands.type(hands.popup, 'Proxy address', url);
  await hands.type(hands.popup, 'Pairing code', code);
  await hands.press(hands.popup, 'Pair');
  await hands.see(hands.popup, 'Pause');
}

export async function waitUntil(what: string, seconds: number, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
