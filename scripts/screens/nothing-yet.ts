/** Nobody has earned anything, and the custom field is spelled with other capitals. */
import { UNITS } from '../../sandbox/demo.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { startSandbox } from '../../sandbox/start.ts';
import type { Take } from './camera.ts';
import { isIdle, openStudio } from './studio.ts';

export async function nothingYet(take: Take): Promise<void> {
  const seed = readSeed();
  seed.advocate.participants = [];
  for (const field of seed.advocate.customFields)
    if (field.key === 'stripeCustomerId') field.key = 'StripeCustomerID';
  const studio = await openStudio(() => startSandbox({ seed }));
  const { hands, proxy, until } = studio;
  const { popup } = hands;
  try {
    await hands.pair(proxy.url, await proxy.invite('admin'));
    await hands.connect();
    await take('popup-field-differs', popup, async () => {
      for (const unit of UNITS) {
        await hands.type(popup, 'Unit', unit);
        await hands.press(popup, 'Add unit');
      }
      await hands.press(popup, 'Save units');
      await hands.see(popup, 'Next: try one');
    });
    await take('popup-try-one-none', popup, async () => {
      await hands.press(popup, 'Next: try one');
      await hands.see(popup, 'Next: turn on');
    });
    await take('popup-home-nothing', popup, async () => {
      await hands.press(popup, 'Next: turn on');
      await hands.turnOn();
      await until('the first run is over', isIdle);
      await hands.reopenPopup();
      await hands.see(popup, 'Run now');
    });
  } finally {
    await studio.close();
  }
}
