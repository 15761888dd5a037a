/** The year’s books: what was credited wrongly, whether all agrees, and what is found when it does not. */
import type { Page } from 'puppeteer';
import type { Take } from './camera.ts';
import { type Studio, says } from './studio.ts';

export async function decide({ hands }: Studio, page: Page, take: Take): Promise<void> {
  await hands.press(page, 'Take back', 'link');
  await take('take-back', page, () => hands.see(page, 'Decide', 'link'));
  await take('take-back-one', page, () => openUnspent(page));
  await take('take-back-question', page, async () => {
    await page.locator('main button.button-primary').click();
    await page.locator('dialog[open] .button-primary').wait();
  });
  await take('take-back-done', page, async () => {
    await page.locator('dialog[open] .button-primary').click();
    await says(page, 'was taken back from');
  });
}

/** The first proposal of which something is left to take back: invoices may have used up others. */
async function openUnspent(page: Page): Promise<void> {
  const hashes = await page.$$eval('a', (all) =>
    all.filter(({ textContent }) => textContent === 'Decide').map(({ hash }) => hash),
  );
  for (const hash of hashes) {
    await page.goto(new URL(hash, page.url()).href);
    await says(page, 'Unspent now');
    await page.locator('main button').wait();
    if (await page.$('main button.button-primary')) return;
  }
  throw new Error('All of the wrong credits are used up.');
}

export async function reconcile({ hands, sandbox }: Studio, page: Page, take: Take): Promise<void> {
  await hands.press(page, 'Reconcile', 'link');
  await take('reconcile', page, async () => {
    await hands.press(page, 'Reconcile now');
    await says(page, 'Everything matches');
  });
  await take('reconcile-differs', page, async () => {
    tamper(sandbox);
    await hands.press(page, 'Reconcile again');
    await says(page, 'found among');
  });
}

/** Somebody gave one customer a credit once more, by hand. */
function tamper({ stripe }: Studio['sandbox']): void {
  const { accounts, accountId } = stripe.state;
  const lists = Object.values(accounts[accountId]?.books.test.balanceTransactions ?? {});
  const credits = lists.flat().filter(({ metadata }) => 'advocate_reward' in metadata);
  const [first, second] = credits;
  if (!first || !second) throw new Error('There are no credits to tamper with.');
  first.amount -= 500;
  second.currency = 'gbp';
}
