import { expect, test } from 'vitest';
import { focusIsKept, openTab, press, says, tabTo, write } from './by-keys.ts';
import { setStage, smallSeed } from './stage.ts';

test('by keyboard alone: from an empty profile through six steps to credits, a pause, the other mode, and out again', async () => {
  const { hands, proxy, sandbox, until } = await setStage({ seed: smallSeed() });
  const { popup } = hands;
  await press(popup, 'Pair');
  await says(popup, 'Type the code from the invitation.');
  await write(popup, 'Proxy address', proxy.url);
  await tabTo(popup, 'Open in a tab');
  await tabTo(popup, 'Pairing code', 'back');
  await write(popup, 'Pairing code', await proxy.invite('admin'));
  await popup.keyboard.press('Enter');

  const stripe = await openTab(popup, 'Connect Stripe', /\/oauth\/authorize/);
  await press(stripe, 'Connect my Stripe account');
  await hands.browser.waitForTarget((one) => /\/connect\/callback/.test(one.url()));
  await stripe.close();
  for (const unit of ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY', 'STRIPE/GBP']) {
    await write(popup, 'Unit', unit);
    await press(popup, 'Add unit');
  }
  await press(popup, 'Remove STRIPE/GBP');
  await press(popup, 'Save units');
  await press(popup, 'Look again');
  await press(popup, 'Next: try one');
  await press(popup, 'Try again');
  await press(popup, 'Next: turn on');
  await says(popup, 'earned before the unit was added');
  await press(popup, 'Turn on');
  await says(popup, 'Turn on credits?');
  await press(popup, 'Cancel');
  // The browser tells of a closed question a moment later; nobody is quicker than that.
  await popup.waitForFunction(() => !document.body.innerText.includes('Turn on credits?'));
  await press(popup, 'Turn on');
  await says(popup, 'Turn on credits?');
  await press(popup, 'Turn on and credit them');
  await until('all is paid', async () => (await hands.state()).queue.counts.redeemed === 4);
  expect(Object.keys(sandbox.stripe.state.idempotency).length).toBeGreaterThan(0);

  await press(popup, 'Run now');
  await press(popup, 'Pause');
  await says(popup, 'Paused: nothing is sent.');
  await press(popup, 'Turn on');
  await press(popup, 'Live');
  await says(popup, 'Set up live mode');
  await press(popup, 'Test');
  await says(popup, 'Credited today in test mode');

  await press(popup, 'Link a participant');
  await write(popup, 'Participant’s e-mail or ID', 'anna@example.com');
  await press(popup, 'Find participant');
  await says(popup, 'One participant:');
  await press(popup, 'Back');
  await press(popup, 'Settings');
  await press(popup, 'Quiet until', 'ArrowDown');
  await press(popup, 'Not at night', 'Space');
  await press(popup, 'Change units');
  await says(popup, 'A unit is its key');
  await press(popup, 'Back');
  await press(popup, 'Settings');
  await press(popup, 'Disconnect');
  await press(popup, 'Disconnect Stripe');
  await says(popup, 'Stripe is not connected any more.');
  await press(popup, 'Unpair');
  await press(popup, 'Unpair this browser');
  await until('the browser is not paired', async () => (await hands.state()).paired === null);
  await focusIsKept(popup);
});
