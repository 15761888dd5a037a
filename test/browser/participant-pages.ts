/** Participants' pages as different products would draw them, under the real host names, with people who are known. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'puppeteer';
import { readSeed, type Seed, type SeedCustomer, type SeedParticipant } from '../../sandbox/seed.ts';

export type Variant = {
  name: string;
  address: string;
  /** Null where the sandbox itself serves it. */
  html: string | null;
  person: { accountId: string; id: string; email: string; name: string };
  /** A customer that a person could link by hand. */
  second: string;
};

/** Of the recogniser's corpus, those that are sure of an e-mail: definition lists, tables, roles, shadow roots, forms. */
const FROM_CORPUS = [
  'dl-japanese',
  'aria-rows',
  'open-shadow-roots',
  'table-rows-german',
  'shared-account',
  'edit-form-spanish',
];

type Expectation = {
  url: string;
  expect: { hints: { email: string; userId?: string; accountId?: string } };
};

function fromCorpus(name: string, index: number): Variant {
  const text = readFileSync(new URL(`../corpus/${name}.html`, import.meta.url), 'utf8');
  const { url, expect }: Expectation = JSON.parse(/<!--([\s\S]*?)-->/.exec(text)?.[1] ?? 'null');
  const { email, userId = email, accountId = userId } = expect.hints;
  return {
    name,
    address: url,
    html: text.replace(/<!--[\s\S]*?-->/, '').trim(),
    person: { accountId, id: userId, email, name: `Kim Number${index}` },
    second: `cus_Second0000000${index}`,
  };
}

/** A page that is about somebody, perhaps: unsure, so that a person is asked. */
export function unsurePage(index: number): Variant {
  const email = `maybe${index}@example.com`;
  return {
    name: 'a page that may be about somebody',
    address: 'https://app.impact.com/secure/x.ihtml',
    html: `<!doctype html><html lang="en"><title>x</title><main><h1>User details</h1><p>${email}</p></main></html>`,
    person: { accountId: email, id: email, email, name: `Kim Number${index}` },
    second: `cus_Second0000000${index}`,
  };
}

/** Somebody whose account has more participants. */
export function accountPage(index: number): Variant {
  const email = `member${index}@example.com`;
  const person = { accountId: 'the-account', id: email, email, name: `Kim Number${index}` };
  const path = `account/the-account/user/${encodeURIComponent(email)}`;
  return {
    name: 'the page of somebody who shares an account',
    address: `https://app.referralsaasquatch.com/tenant/${readSeed().advocate.tenants.test.alias}/${path}`,
    html: null,
    person,
    second: `cus_Second0000000${index}`,
  };
}

export function variants(): Variant[] {
  const alias = readSeed().advocate.tenants.test.alias;
  const shell = (name: string, index: number, address: (email: string) => string): Variant => {
    const email = `shell${index}@example.com`;
    const person = { accountId: email, id: email, email, name: `Kim Number${index}` };
    return { name, address: address(email), html: null, person, second: `cus_Second0000000${index}` };
  };
  return [
    shell('the shell of app.impact.com', 1, (email) => {
      const query = new URLSearchParams({ tenant: alias, accountId: email, id: email });
      return `https://app.impact.com/secure/advertiser/advocate/participant.ihtml?${query}`;
    }),
    shell('the shell of app.referralsaasquatch.com', 2, (email) => {
      const id = encodeURIComponent(email);
      return `https://app.referralsaasquatch.com/tenant/${alias}/account/${id}/user/${id}`;
    }),
    ...FROM_CORPUS.map((name, index) => fromCorpus(name, index + 3)),
  ];
}

/** Everybody on these pages, not linked and without a customer; each has one they might be linked to by hand. */
export function seedOf(pages: Variant[]): Seed {
  const seed = readSeed();
  seed.stripe.customers = pages.map(
    ({ second, person }): SeedCustomer => ({
      mode: 'test',
      id: second,
      name: `Second of ${person.name}`,
      email: `accounts-of-${person.id}@elsewhere.example`,
      currency: 'usd',
      createdDaysAgo: 100,
    }),
  );
  seed.advocate.participants = pages.map(({ person }): SeedParticipant => {
    const [firstName = '', lastName = ''] = person.name.split(' ');
    const { accountId, id, email } = person;
    return { mode: 'test', accountId, id, email, firstName, lastName, createdDaysAgo: 50, rewards: [] };
  });
  return seed;
}

/** `nodes`: what of the page itself moved, apart from the card. */
export type Shift = { value: number; nodes: string[] };

declare global {
  interface Window {
    shifts?: Shift[];
  }
}

/** Opens a variant, with every layout shift written down from its first moment; `style` dresses the page. */
export async function openVariant(browser: Browser, variant: Variant, style = ''): Promise<Page> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value = 0, sources = [] } = entry as PerformanceEntry & {
          value?: number;
          sources?: { node: Node | null }[];
        };
        const own = sources.flatMap(({ node }) =>
          node && node.nodeName !== 'ADVOCATE-CREDITS-CARD' ? [`${node.nodeName} ${node.textContent}`] : [],
        );
        window.shifts?.push({ value, nodes: own });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  if (variant.html !== null) {
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (!request.isNavigationRequest()) return void request.continue();
      const body = `${variant.html}<style>${style}</style>`;
      return void request.respond({ contentType: 'text/html; charset=utf-8', body });
    });
  }
  await page.goto(variant.address);
  return page;
}

export const shiftsOn = (page: Page): Promise<Shift[]> => page.evaluate(() => window.shifts ?? []);
