/** The small cast: set-up from the first click, the first credits, cards on participants’ pages, then live mode. */
import { UNITS } from '../../sandbox/demo.ts';
import { startSandbox } from '../../sandbox/start.ts';
import type { Take } from './camera.ts';
import { cards } from './cards.ts';
import { isIdle, openStudio, type Studio, says } from './studio.ts';

const NEWEST = { accountId: 'amelia@hartandsons.com', id: 'amelia@hartandsons.com' };

export async function firstDay(take: Take): Promise<void> {
  const studio = await openStudio(() => startSandbox());
  try {
    await setUp(studio, take);
    await home(studio, take);
    await linking(studio, take);
    await cards(studio, take);
    await lost(studio, take);
    await live(studio, take);
  } finally {
    await studio.close();
  }
}

async function setUp({ sandbox, proxy, hands, until }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  // Of somebody who is linked, so that the dry run has a customer to tell of.
  sandbox.advocate.earn('test', NEWEST, {
    unit: 'STRIPE/USD',
    amount: 2000,
    name: 'Referred Birchline Goods',
  });
  await take('popup-not-paired', popup, () => hands.see(popup, 'Pair'));
  const code = await proxy.invite('admin');
  await take('popup-connect', popup, () => hands.pair(proxy.url, code));
  await hands.connect();
  await take('popup-units', popup, async () => {
    for (const unit of UNITS) {
      await hands.type(popup, 'Unit', unit);
      await hands.press(popup, 'Add unit');
    }
  });
  await take('popup-field', popup, async () => {
    await hands.press(popup, 'Save units');
    await hands.see(popup, 'Next: try one');
  });
  await take('popup-try-one', popup, async () => {
    await until('all rewards are found', ({ running, queue }) => !running && queue.counts.waiting > 0);
    await hands.press(popup, 'Next: try one');
    await hands.seeText(popup, 'would be credited');
  });
  await take('popup-turn-on', popup, async () => {
    await hands.press(popup, 'Next: turn on');
    await hands.seeText(popup, 'earned before the unit was added');
  });
  await take('popup-turn-on-question', popup, async () => {
    await hands.press(popup, 'Turn on');
    await hands.see(popup, 'Turn on and credit them');
  });
}

async function home({ hands, until }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  await take('popup-home-earlier', popup, async () => {
    await hands.press(popup, 'Turn on for new rewards only');
    await hands.see(popup, 'Credit them');
    await until('the first run is over', isIdle);
  });
  await hands.press(popup, 'Credit them');
  await hands.press(popup, 'Credit earlier rewards');
  await take('popup-home', popup, async () => {
    await until('the earlier ones are credited', (state) => isIdle(state) && state.queue.counts.held > 3);
    await hands.reopenPopup();
    await hands.see(popup, 'Run now');
  });
  for (const name of ['popup-home-narrow', 'popup-home-rtl', 'popup-home-forced-colours'] as const)
    await take(name, popup);
  await take('popup-home-held', popup, () => popup.locator('button ::-p-text(more)').click());
  await take('popup-home-settings', popup, async () => {
    await hands.reopenPopup();
    await popup.locator('summary ::-p-text(Settings)').click();
    await hands.see(popup, 'Unpair');
  });
  await take('popup-home-paused', popup, async () => {
    await hands.reopenPopup();
    await hands.press(popup, 'Pause');
    await hands.see(popup, 'Turn on');
  });
  await hands.turnOn();
  await waking(hands, take);
  await health(hands, take);
}

/** All is good only once everything was compared and agrees. */
async function health(hands: Studio['hands'], take: Take): Promise<void> {
  const page = await hands.openDashboard();
  await take('health', page, async () => {
    await hands.press(page, 'Reconcile', 'link');
    await hands.press(page, 'Reconcile now');
    await says(page, 'Everything matches');
    await hands.press(page, 'Health', 'link');
    await says(page, 'Everything is in order.');
  });
  await page.close();
  await hands.popup.bringToFront();
}

/** Longer than two pictures take. */
const BUSY_MS = 8000;

/** A popup whose worker has not answered yet, because it has its hands full. */
async function waking({ browser, popup }: Studio['hands'], take: Take): Promise<void> {
  const target = await browser.waitForTarget((one) => one.type() === 'service_worker');
  const page = await browser.newPage();
  const worker = await target.worker();
  const busy = worker?.evaluate(`for (const end = Date.now() + ${BUSY_MS}; Date.now() < end; );`);
  await take('popup-home-opening', page, async () => {
    await page.goto(popup.url());
    await page.locator('.header[aria-busy=true]').wait();
  });
  const answered = await page.$('.header[aria-busy=false]');
  if (answered) throw new Error('The worker answered before the popup was photographed.');
  await page.close();
  await busy;
  await popup.bringToFront();
}

async function linking({ hands }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  const find = async (who: string) => {
    await hands.type(popup, 'Participant’s e-mail or ID', who);
    await hands.press(popup, 'Find participant');
    await hands.seeText(popup, 'One participant:');
  };
  await take('popup-link-search', popup, async () => {
    await hands.press(popup, 'Link a participant');
    await find('grace@bellamyinteriors.com');
  });
  await take('popup-link-candidates', popup, async () => {
    await popup.locator('button ::-p-text(Grace Bellamy)').click();
    await hands.see(popup, 'Link Grace Bellamy');
  });
  await take('popup-link-linked', popup, async () => {
    await hands.press(popup, 'Link Grace Bellamy');
    await hands.see(popup, 'Undo');
  });
  await hands.reopenPopup();
}

async function lost({ sandbox, hands }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  await take('popup-home-lost', popup, async () => {
    sandbox.stripe.revoke(sandbox.stripe.state.accountId, 'test');
    const { accountId, id } = NEWEST;
    sandbox.advocate.earn(
      'test',
      { accountId, id },
      { unit: 'STRIPE/USD', amount: 1500, name: 'Referred Quill & Co' },
    );
    await hands.press(popup, 'Run now');
    await hands.seeText(popup, 'Stripe is not connected any more.');
  });
}

async function live({ hands, until }: Studio, take: Take): Promise<void> {
  const { popup } = hands;
  await hands.press(popup, 'Live');
  await hands.see(popup, 'Connect Stripe');
  await hands.connect();
  await hands.addUnits(UNITS);
  await take('popup-turn-on-live', popup, async () => {
    await hands.seeText(popup, 'earned before the unit was added');
    await until('the search is over', ({ running }) => !running);
    await hands.press(popup, 'Turn on');
    await hands.see(popup, 'Turn on and credit them');
  });
  await take('popup-home-live', popup, async () => {
    await hands.press(popup, 'Turn on and credit them');
    await hands.see(popup, 'Pause');
    await until('they are credited', (state) => isIdle(state) && state.queue.creditedToday.length > 0);
    await hands.reopenPopup();
    await hands.see(popup, 'Run now');
  });
}
