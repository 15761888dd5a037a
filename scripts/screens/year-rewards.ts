/** The year’s rewards: the list, a filter, a selection, and single ones. */
import type { Page } from 'puppeteer';
import type { Take } from './camera.ts';
import { isIdle, type Studio, says } from './studio.ts';

/** More than a month’s bill of this customer, so that an invoice leaves something. */
const EARNED = 5000;
const MONTHLY = 2900;

export async function rewards(studio: Studio, page: Page, take: Take): Promise<void> {
  const { hands } = studio;
  const used = await earnAndBill(studio);
  await hands.press(page, 'Rewards', 'link');
  await take('rewards', page, () => row(page, 3));
  await take('rewards-narrow', page);
  await take('rewards-wide', page);
  await take('rewards-filter', page, async () => {
    await choose(page, 'State', 'held');
    await says(page, 'Above the cap of one reward');
    await row(page, 3);
  });
  await take('rewards-chosen', page, async () => {
    for (const index of [0, 1, 2]) await page.locator(`[data-index="${index}"] input`).click();
    await says(page, '3 rewards chosen.');
  });
  await hands.press(page, 'Choose none');
  await take('reward-held', page, async () => {
    await choose(page, 'Reason', 'over_cap_reward');
    await openFirst(page);
  });
  await hands.press(page, 'Rewards', 'link');
  await take('reward-waiting', page, async () => {
    await choose(page, 'State', 'waiting');
    await choose(page, 'Reason', 'not_linked');
    await openFirst(page);
  });
  await hands.press(page, 'Rewards', 'link');
  await take('rewards-empty', page, async () => {
    await hands.type(page, 'Search by ID', 'cus_Nobody', 'searchbox');
    await hands.seeText(page, 'No reward fits this filter.');
  });
  await take('reward-used', page, async () => {
    await hands.type(page, 'Search by ID', used, 'searchbox');
    await openFirst(page);
    await says(page, 'on the invoice of');
  });
}

const row = (page: Page, index: number) => page.locator(`[data-index="${index}"]`).wait();
const choose = (page: Page, label: string, value: string) =>
  page.locator(`::-p-aria([name="${label}"][role="combobox"])`).fill(value);

async function openFirst(page: Page): Promise<void> {
  await page.locator('[data-index="0"] a.amount').click();
  await says(page, 'What happened');
}

/** Somebody without credit earns, is credited, and their next invoice takes a part of it. */
async function earnAndBill({ sandbox, hands, until }: Studio): Promise<string> {
  const { accounts, accountId } = sandbox.stripe.state;
  const customers = accounts[accountId]?.books.test.customers ?? {};
  const billed = sandbox.seed.advocate.participants.find(({ mode, blocked, customFields }) => {
    const customer = customers[String(customFields?.stripeCustomerId)];
    const { monthly, balances, deleted } = customer ?? {};
    return mode === 'test' && !blocked && !deleted && monthly === MONTHLY && !balances?.usd;
  });
  if (!billed) throw new Error('Nobody of the year is without credit.');
  const customer = String(billed.customFields?.stripeCustomerId);
  const { popup } = hands;
  const reward = sandbox.advocate.earn('test', billed, { unit: 'STRIPE/USD', amount: EARNED });
  await hands.press(popup, 'Run now');
  await until('it is credited', (state) => isIdle(state) && (customers[customer]?.balances.usd ?? 0) < 0);
  sandbox.stripe.finalizeInvoice(customer);
  return reward;
}
