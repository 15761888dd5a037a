import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import type { PopupState } from '../src/contract/messages.ts';
import { type Hands, openBrowser } from './hands.ts';
import { type Account, account, look, type World } from './invariants.ts';
import type { Sandbox } from './start.ts';

export const UNITS = ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY'];

/** Unlinked participants of the seed whose customer can be told, one for each currency. */
const TO_LINK = ['Nora Whitfield', 'Theo Lindqvist', 'Haruka Mori'];
const PATIENCE_MS = 120_000;

export type DemoOptions = {
  sandbox: Sandbox;
  proxy: { url: string; invite(role: 'admin'): Promise<string> };
  chromium: string;
  headless: boolean;
  /** Screenshots go here. */
  screens: string;
  say: (line: string) => void;
};
export type Demo = { hands: Hands; account: Account; queue: PopupState['queue'] };

/** The main job from the first click to the last redeemed reward, in test mode. The browser is left open. */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  const { sandbox, proxy, chromium, headless, screens, say } = options;
  await rm(screens, { recursive: true, force: true });
  await mkdir(screens, { recursive: true });
  const before = look(sandbox, 'test');
  say('Opening Chromium with the extension');
  const hands = await openBrowser({ chromium, browserFlag: sandbox.browserFlag, headless });
  try {
    say('Pairing it with the proxy');
    await hands.pair(proxy.url, await proxy.invite('admin'));
    say('Connecting Stripe, and back');
    await hands.connect();
    say(`Choosing units: ${UNITS.join(', ')}`);
    await hands.addUnits(UNITS);
    // What is found decides what this step tells the admin.
    await until(async () => (await hands.state()).queue.counts.waiting > 0);
    await picture(hands.popup, join(screens, 'popup-setup.png'), 'body');
    say('Turning credits on, also for what was earned before');
    await hands.turnOnAndCreditThem();
    await settled(hands, sandbox, before, say);

    for (const [index, name] of TO_LINK.entries()) {
      say(`Finding ${name}’s customer on their page, and linking it`);
      const page = await linkOnPage(hands, sandbox, name, index === 0 ? screens : null);
      await settled(hands, sandbox, before, say);
      if (index === 0) await picturesAfter(hands, page, screens);
      else await page.close();
    }
    const { queue } = await settled(hands, sandbox, before, say);
    return { hands, queue, account: account(before, look(sandbox, 'test'), UNITS) };
  } catch (error) {
    for (const page of await hands.browser.pages()) {
      if (!/^(https?|chrome-extension):/.test(page.url())) continue;
      await page.bringToFront();
      await page.screenshot({ path: join(screens, 'failure.png') });
    }
    await hands.close();
    throw error;
  }
}

async function linkOnPage(
  hands: Hands,
  sandbox: Sandbox,
  name: string,
  screens: string | null,
): Promise<Page> {
  const tenant = sandbox.seed.advocate.tenants.test.alias;
  const page = await hands.openParticipant(tenant, name, name);
  await hands.see(page, 'Find customer');
  if (screens) await picture(page, join(screens, 'participant-unlinked.png'));
  await hands.press(page, 'Find customer');
  await hands.see(page, `Link ${name}`);
  if (screens) await picture(page, join(screens, 'participant-candidates.png'));
  await hands.press(page, `Link ${name}`);
  await hands.see(page, 'Unlink');
  return page;
}

async function picturesAfter(hands: Hands, participant: Page, screens: string): Promise<void> {
  await participant.reload();
  await hands.see(participant, 'Unlink');
  await picture(participant, join(screens, 'participant-linked.png'));
  const customer = await hands.openInStripe(participant);
  await picture(customer, join(screens, 'stripe-customer.png'));
  await customer.close();
  const popup = await hands.openToolbarPopup(participant);
  await hands.see(popup, 'Run now');
  await popup.screenshot({ path: join(screens, 'popup-in-toolbar.png') });
  await popup.close();
  // The same page as large as the toolbar shows it, and twice as sharp as that can be photographed.
  const usual = hands.popup.viewport();
  await hands.popup.setViewport({ width: 380, height: 600, deviceScaleFactor: 2 });
  await picture(hands.popup, join(screens, 'popup.png'));
  await hands.popup.setViewport(usual);
}

async function picture(page: Page, path: string, part?: string): Promise<void> {
  await page.bringToFront();
  const element = part === undefined ? page : await page.$(part);
  await element?.screenshot({ path });
}

/** Until every reward that is due is redeemed and the worker rests; after that, whatever is missing is missing. */
async function settled(
  hands: Hands,
  sandbox: Sandbox,
  before: World,
  say: (line: string) => void,
): Promise<PopupState> {
  let told = performance.now();
  await until(async () => {
    const { findings, redeemed, eligible } = account(before, look(sandbox, 'test'), UNITS);
    if (performance.now() - told > 2000) {
      say(`  ${redeemed.length} of ${eligible.length} due rewards redeemed`);
      told = performance.now();
    }
    return findings.length === 0 && !(await hands.state()).running;
  });
  return hands.state();
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end && !(await isSo())) await new Promise((resolve) => setTimeout(resolve, 200));
}
