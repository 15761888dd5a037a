import { expect, onTestFinished, test } from 'vitest';
import { readSeed } from '../../sandbox/seed.ts';
import { createLog } from '../../src/proxy/log.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { LONG_MS } from './bulk-hands.ts';
import { bothSchemes } from './looks.ts';
import { setStage, UNITS } from './stage.ts';

const WIDTHS = [380, 320] as const;

test(
  'axe finds nothing on the popup at WCAG 2.2 AA in any step of set-up and any state after it, light, dark and narrow',
  async () => {
    const seed = readSeed();
    for (const field of seed.advocate.customFields)
      if (field.mode === 'live' && field.key === 'stripeCustomerId') field.key = 'StripeCustomerID';
    let closeProxy = async () => {};
    onTestFinished(() => closeProxy());
    const stage = await setStage({
      seed,
      proxy: async (variables) => {
        const running = await startProxy(variables, createLog('fatal', [], { write: () => true }));
        closeProxy = () => running.close();
        return running;
      },
    });
    const { hands, proxy, until } = stage;
    const { popup } = hands;
    const found: string[] = [];
    const look = async (what: string) => {
      found.push(...(await bothSchemes(popup, WIDTHS)).map((finding) => `${what}: ${finding}`));
    };

    await look('not paired');
    const dashboard = await hands.browser.newPage();
    await dashboard.goto(new URL('../dashboard/index.html', popup.url()).href);
    await dashboard.waitForSelector('main h2, main [role=alert]');
    found.push(...(await bothSchemes(dashboard, [320, 1280])));
    await dashboard.close();
    await hands.press(popup, 'Pair');
    await hands.seeText(popup, 'Type the code from the invitation.');
    await look('boxes left empty');
    await hands.type(popup, 'Proxy address', proxy.url);
    await hands.type(popup, 'Pairing code', 'no such code');
    await hands.press(popup, 'Pair');
    await popup.waitForSelector('[role=alert]');
    await look('pairing refused');
    await hands.pair(proxy.url, await proxy.invite('admin'));
    await look('connect');
    await hands.connect();
    await hands.type(popup, 'Unit', 'STRIPE');
    await look('units');
    for (const unit of UNITS) {
      await hands.type(popup, 'Unit', unit);
      await hands.press(popup, 'Add unit');
    }
    await hands.press(popup, 'Save units');
    await hands.see(popup, 'Next: try one');
    await look('the field is right');
    await hands.press(popup, 'Next: try one');
    await popup.waitForSelector('.found .facts');
    await look('one was tried');
    await hands.press(popup, 'Next: turn on');
    await hands.seeText(popup, 'earned before the unit was added');
    await hands.press(popup, 'Turn on');
    await hands.see(popup, 'Turn on and credit them');
    await look('the question before credits are on');
    await hands.press(popup, 'Turn on for new rewards only');
    await hands.press(popup, 'Credit them');
    await hands.see(popup, 'Credit earlier rewards');
    await look('the question about earlier rewards');
    await hands.press(popup, 'Credit earlier rewards');
    await until('the run is over and something is held', async () => {
      const { running, queue } = await hands.state();
      return !running && queue.counts.held > 0;
    });
    await look('on, with some that are held and some that wait');
    await popup.locator('summary h2').click();
    await hands.see(popup, 'Unpair');
    await look('its settings');
    await hands.press(popup, 'Disconnect');
    await look('the question before Stripe is disconnected');
    await hands.press(popup, 'Cancel');
    await hands.press(popup, 'Link a participant');
    await hands.type(popup, 'Participant’s e-mail or ID', 'nobody@example.com');
    await hands.press(popup, 'Find participant');
    await hands.seeText(popup, 'Advocate has no participant');
    await look('nobody found');
    await hands.press(popup, 'Back');
    await hands.press(popup, 'Pause');
    await hands.see(popup, 'Turn on');
    await look('paused');

    await hands.press(popup, 'Live');
    await hands.connect();
    await look('live, units');
    await hands.type(popup, 'Unit', 'STRIPE/USD');
    await hands.press(popup, 'Add unit');
    await hands.press(popup, 'Save units');
    await hands.see(popup, 'Next: try one');
    await popup.waitForSelector('.found .notice-warn');
    await look('the field is spelled differently');
    await hands.press(popup, 'Next: try one');
    await hands.press(popup, 'Next: turn on');
    await hands.press(popup, 'Turn on');
    await hands.see(popup, 'Turn on live credits?', 'heading');
    await look('the question before real money');
    await hands.press(popup, 'Cancel');

    await hands.press(popup, 'Test');
    await hands.see(popup, 'Turn on');
    await popup.locator('summary h2').click();
    await hands.press(popup, 'Disconnect');
    await hands.press(popup, 'Disconnect Stripe');
    await hands.seeText(popup, 'Stripe is not connected any more.');
    await look('the connection is lost');
    await closeProxy();
    closeProxy = async () => {};
    await hands.reopenPopup();
    await popup.waitForSelector('[role=alert]');
    await look('no answer');
    await hands.openDashboard().then(async (page) => {
      await page.waitForSelector('[role=alert]');
      found.push(...(await bothSchemes(page, [320, 1280])));
    });
    expect(found).toEqual([]);
  },
  LONG_MS,
);

test('whoever asked for less motion sees none', async () => {
  const { hands } = await setStage();
  const moving = async (value: string) => {
    await hands.popup.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value }]);
    return hands.popup.$$eval('body *', (all) => {
      const styles = all.map((one) => getComputedStyle(one));
      return styles.filter(
        ({ transitionDuration, animationName }) => transitionDuration !== '0s' || animationName !== 'none',
      ).length;
    });
  };
  expect(await moving('no-preference')).toBeGreaterThan(0);
  expect(await moving('reduce')).toBe(0);
});
