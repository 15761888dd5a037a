/** Simulators, a proxy and a Chromium with the extension, for pictures. */
import { createServer } from 'node:http';
import type { Page } from 'puppeteer';
import { type Hands, openBrowser } from '../../sandbox/hands.ts';
import { listen } from '../../sandbox/listen.ts';
import type { Sandbox } from '../../sandbox/start.ts';
import type { PopupState } from '../../src/contract/messages.ts';
import { createLog } from '../../src/proxy/log.ts';
import { type RunningProxy, startProxy } from '../../src/proxy/server.ts';
import { findChromium } from '../find-chromium.ts';

const PATIENCE_MS = 120_000;
/** The usual one, so that the pictures show the same address every time; any other where it is taken. */
const PORTS = ['4242', '0'];

export type Studio = {
  sandbox: Sandbox;
  proxy: RunningProxy;
  hands: Hands;
  /** Another browser at the same proxy. */
  another(language?: string): Promise<Hands>;
  /** Until it is so, by what the popup of this browser would show. */
  until(what: string, isSo: (state: PopupState) => boolean, hands?: Hands): Promise<void>;
  close(): Promise<void>;
};

export async function openStudio(start: () => Promise<Sandbox>): Promise<Studio> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const sandbox = await start();
    closing.push(() => sandbox.close());
    const team = await listen(
      createServer((_, answer) => answer.writeHead(204).end()),
      0,
    );
    closing.push(team.close);
    const env = { ...sandbox.env, ALERT_WEBHOOK_URL: `http://127.0.0.1:${team.port}` };
    const proxy = await openProxy(env);
    let open = true;
    const shut = async () => {
      if (open) await proxy.close();
      open = false;
    };
    closing.push(shut);
    const chromium = await findChromium();
    const another = async (language = 'en-US') => {
      const { browserFlag } = sandbox;
      const hands = await openBrowser({ chromium, browserFlag, headless: true, language });
      closing.push(() => hands.close());
      return hands;
    };
    const own = await another();
    const until: Studio['until'] = async (what, isSo, hands = own) => {
      const end = performance.now() + PATIENCE_MS;
      while (!isSo(await hands.state())) {
        if (performance.now() > end) throw new Error(`Waited in vain until ${what}.`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    };
    return { sandbox, proxy: { ...proxy, close: shut }, hands: own, another, until, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openProxy(env: Record<string, string>): Promise<RunningProxy> {
  const log = createLog('fatal', [], { write: () => true });
  const [usual = '0', any] = PORTS;
  return startProxy({ ...env, PORT: usual }, log).catch(() => startProxy({ ...env, PORT: any }, log));
}

export const isIdle = ({ running, queue }: PopupState): boolean =>
  !running && queue.counts.ready + queue.counts.crediting + queue.counts.credited === 0;

/** Pairs with a proxy where everything is set up already. */
export async function joinTeam({ proxy }: Studio, hands: Hands, role: 'admin' | 'support'): Promise<void> {
  const { popup } = hands;
  // In whatever language: the two boxes and the button of the only form.
  await popup.locator('form input').wait();
  const [address, code] = await popup.$$('form input');
  if (!address || !code) throw new Error('The popup does not ask for an address and a code.');
  await popup.locator('form input').fill(proxy.url);
  await code.type(await proxy.invite(role));
  await popup.locator('form button[type=submit]').click();
  await popup.locator('.today').wait();
}

/** Text anywhere on the page, also across elements. */
export const says = (page: Page, text: string) =>
  page.waitForFunction(
    (wanted) => document.body.textContent?.includes(wanted),
    { timeout: PATIENCE_MS },
    text,
  );
