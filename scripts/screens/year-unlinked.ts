/** The year’s unlinked participants: found, looked over, linked, and a file of more. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import type { Take } from './camera.ts';
import { type Studio, says } from './studio.ts';

const DEED = '.view > .block .button-primary';
const YES = 'dialog[open] .button-primary';

export async function unlinked({ hands, sandbox }: Studio, page: Page, take: Take): Promise<void> {
  await hands.press(page, 'Unlinked', 'link');
  await take('unlinked', page, async () => {
    await page.locator('tr[data-index]').wait();
    await hands.press(page, 'Find matches for all');
    await says(page, 'looked up in Stripe.');
    await hands.see(page, 'All found');
  });
  await take('unlinked-review', page, async () => {
    await page.locator(DEED).click();
    await page.locator(YES).wait();
  });
  await take('unlinked-done', page, async () => {
    await page.locator(YES).click();
    await says(page, 'participants linked.');
  });
  const folder = await mkdtemp(join(tmpdir(), 'screens-'));
  try {
    const file = join(folder, 'links.csv');
    await writeFile(file, rowsOf(sandbox));
    await take('unlinked-import', page, async () => {
      const [chooser] = await Promise.all([
        page.waitForFileChooser(),
        page.locator('input[type=file]').click(),
      ]);
      await chooser.accept([file]);
      await says(page, 'was checked. Nothing is linked yet.');
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of every kind: new, as it is already, another than now, and wrong. */
function rowsOf({ seed }: Studio['sandbox']): string {
  const people = seed.advocate.participants.filter(({ mode }) => mode === 'test');
  const [one, two, three] = people.filter(({ customFields }) =>
    /^cus_/.test(String(customFields?.stripeCustomerId)),
  );
  const nobody = people.filter(({ customFields }) => Object.keys(customFields ?? {}).length === 0);
  const spare = seed.stripe.customers.filter(({ mode }) => mode === 'test').slice(-3);
  const rows = [
    ...[one, two].map((who) => [who?.accountId, who?.id, who?.customFields?.stripeCustomerId]),
    [three?.accountId, three?.id, spare[0]?.id],
    ...nobody.slice(-2).map((who, index) => [who.accountId, who.id, spare[index + 1]?.id]),
    ['=account', 'user', 'cus_1'],
    ['account-90001', 'user-90001', 'see the CRM'],
  ];
  return ['accountId,id,customFields.stripeCustomerId', ...rows.map((row) => row.join(','))].join('\n');
}
