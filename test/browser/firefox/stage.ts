/** Sandbox, proxy and a Firefox with the extension. */
import { onTestFinished } from 'vitest';
import type { Sandbox } from '../../../sandbox/start.ts';
import { startSandbox } from '../../../sandbox/start.ts';
import { createLog } from '../../../src/proxy/log.ts';
import { startProxy } from '../../../src/proxy/server.ts';
import { findFirefox } from './find-firefox.ts';
import { openFirefox } from './firefox.ts';
import { openTunnel } from './tunnel.ts';

const PATIENCE_MS = 90_000;
export const FIREFOX = findFirefox();
export const NONE = 'nothing was tried in Firefox: none from 140 on is installed here (Debian: firefox-esr)';

/** @param beforeStripe puts something between the proxy and the Stripe simulator */
export async function setFirefoxStage(binary: string, beforeStripe?: (sandbox: Sandbox) => Promise<string>) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const variables = { ...sandbox.env };
  if (beforeStripe) variables.STRIPE_API_BASE = await beforeStripe(sandbox);
  const proxy = await startProxy(variables, createLog('fatal', [], { write: () => true }));
  onTestFinished(() => proxy.close());
  const [, front] = /127\.0\.0\.1:(\d+)/.exec(sandbox.browserFlag) ?? [];
  const tunnel = await openTunnel(Number(front));
  onTestFinished(tunnel.close);
  const firefox = await openFirefox(binary, tunnel.port);
  onTestFinished(() => firefox.close());

  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain until ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** From a browser that knows nothing to one that pays, by clicks alone. */
  async function setUp(units: readonly string[]): Promise<void> {
    await firefox.type('Proxy address', proxy.url);
    await firefox.type('Pairing code', await proxy.invite('admin'));
    await firefox.press('Pair');
    await firefox.tabOpenedBy(() => firefox.press('Connect Stripe'));
    await firefox.press('Connect my Stripe account');
    await firefox.toPopup();
    await firefox.find('//button[normalize-space(.)="Save units"]');
    for (const unit of units) {
      await firefox.type('Unit', unit);
      await firefox.press('Add unit');
    }
    await firefox.press('Save units');
    await firefox.press('Next: try one');
    await firefox.press('Next: turn on');
    await firefox.seeText('earned before the unit was added');
    await firefox.press('Turn on');
    await firefox.press('Turn on and credit them');
  }
  return { sandbox, proxy, firefox, until, setUp };
}
