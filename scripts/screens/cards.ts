/** The card on participants’ pages, and what Stripe has then. */
import type { Page } from 'puppeteer';
import type { Take } from './camera.ts';
import { isIdle, type Studio } from './studio.ts';

const NORA = { name: 'Nora Whitfield', customer: 'cus_sqyPz6Wa3cyO0L' };
/** Two customers with her e-mail. */
const DANA = 'Dana Kowalski';
/** No customer with his. */
const NOBODY = { name: 'Ines Cardoso', deleted: 'cus_ESOnX3mwFBUrNJ' };
const MAYBE = { name: 'Maya Osei', email: 'maya.osei@goldcoastprints.com' };
const BOX = 'Customer’s e-mail, name or ID';

export async function cards(studio: Studio, take: Take): Promise<void> {
  await choose(studio, take);
  await refuse(studio, take);
  await landed(studio, take);
  await ask(studio, take);
  await studio.hands.popup.bringToFront();
}

/** No page can look into the card, so the extension’s own script is asked. */
const CARD = `(() => {
  const host = document.querySelector('advocate-credits-card');
  return (host && chrome.dom.openOrClosedShadowRoot(host)?.textContent) ?? '';
})()`;

async function says(page: Page, text: string): Promise<void> {
  const [script] = page.extensionRealms();
  await script?.waitForFunction(`${CARD}.replace(/\\s+/g, ' ').includes(${JSON.stringify(text)})`);
}

const open = ({ hands, sandbox }: Studio, name: string): Promise<Page> =>
  hands.openParticipant(sandbox.seed.advocate.tenants.test.alias, name, name);

async function choose(studio: Studio, take: Take): Promise<void> {
  const { hands } = studio;
  const page = await open(studio, DANA);
  await take('card-not-linked', page, async () => {
    await page.reload();
    await hands.see(page, 'Find customer');
  });
  const find = async () => {
    await page.reload();
    await hands.press(page, 'Find customer');
    await hands.see(page, `Link ${DANA}`);
  };
  await take('card-candidates', page, find);
  await take('participant-candidates', page, find);
  await page.close();
}

async function refuse(studio: Studio, take: Take): Promise<void> {
  const { hands } = studio;
  const page = await open(studio, NOBODY.name);
  const find = async () => {
    await page.reload();
    await hands.press(page, 'Find customer');
    await hands.see(page, 'Create customer');
  };
  await take('card-nothing-found', page, find);
  await take('card-refused', page, async () => {
    await find();
    await hands.type(page, BOX, NOBODY.deleted);
    await hands.press(page, 'Search');
    await says(page, 'This customer was deleted in Stripe.');
  });
  await page.close();
}

/** Linked, credited, and a monthly invoice takes most of it. */
async function linked({ hands, sandbox, until }: Studio, page: Page): Promise<void> {
  await hands.press(page, 'Find customer');
  await hands.press(page, `Link ${NORA.name}`);
  await hands.see(page, 'Unlink');
  const { books } = sandbox.stripe.state.accounts[sandbox.stripe.state.accountId] ?? {};
  const owed = () => books?.test.customers[NORA.customer]?.balances.usd ?? 0;
  await until('her rewards are credited', (state) => isIdle(state) && owed() === -5500);
  sandbox.stripe.finalizeInvoice(NORA.customer);
}

async function landed(studio: Studio, take: Take): Promise<void> {
  const { hands } = studio;
  const page = await open(studio, NORA.name);
  await linked(studio, page);
  const look = async () => {
    await page.reload();
    await says(page, 'on the invoice of');
    await page.locator('::-p-aria([name="2 earlier credits"])').click();
  };
  await take('card-linked', page, look);
  await take('participant-linked', page, look);
  const customer = await hands.openInStripe(page);
  await take('stripe-customer', customer);
  await customer.close();
  await page.close();
}

/** A page that says little of whom it is about. */
async function ask({ hands }: Studio, take: Take): Promise<void> {
  const page = await hands.browser.newPage();
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) return void request.continue();
    const body = `<!doctype html><html lang="en"><style>:root { color-scheme: light dark }</style><title>User</title><main><h1>User details</h1><p>${MAYBE.email}</p></main></html>`;
    return void request.respond({ contentType: 'text/html; charset=utf-8', body });
  });
  await take('card-question', page, async () => {
    await page.goto('https://app.impact.com/secure/user.ihtml');
    await hands.press(page, `Is this ${MAYBE.name}?`);
    await hands.see(page, 'No');
  });
  await page.close();
}
