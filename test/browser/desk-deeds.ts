/** Everything that is done about one participant's link, alike on a page and in the popup, by click and by keyboard. */
import type { Page } from 'puppeteer';
import { expect } from 'vitest';
import { seeText, typedIn, type Way } from './card-hands.ts';
import type { DeskStage } from './desk-stage.ts';
import type { Variant } from './participant-pages.ts';

export type Scene = { stage: DeskStage; way: Way; variant: Variant; page: Page };

/** Customers that every desk stage knows, and that nobody can be linked to. */
export const UNUSABLE = { live: 'cus_Live1', deleted: 'cus_Deleted1', missing: 'cus_Nowhere1' };

/** From a finder in which nobody fits: somebody else is first, then two presses make one customer; and back. */
export async function create({ stage, way, variant, page }: Scene): Promise<string> {
  const { name, email } = variant.person;
  await seeText(page, `Create a customer for ${name}`);
  const takeBack = await stage.createInStripe(`Twin of ${name}`, email);
  await way.press(page, 'Create customer');
  await seeText(page, 'A customer with this e-mail exists already.');
  await way.press(page, 'Show them');
  await seeText(page, `Twin of ${name}`);
  expect(stage.linkOf(variant)).toBeNull();
  await takeBack();
  await way.search(page, email);
  await seeText(page, `Create a customer for ${name}`);

  await way.pressTwice(page, 'Create customer');
  await seeText(page, `Created and linked ${name}.`);
  const [customer, ...others] = stage.customersWith(email);
  expect(others).toEqual([]);
  expect(stage.linkOf(variant)).toBe(customer?.id);
  await way.press(page, 'Undo');
  await seeText(page, 'Undone.');
  expect(stage.linkOf(variant)).toBeNull();
  return customer?.id ?? '';
}

/** By e-mail to the first link, by name to another one, and back. */
export async function linkAndRelink({ stage, way, variant, page }: Scene, created: string): Promise<void> {
  const { name } = variant.person;
  await way.press(page, 'Find customer');
  await seeText(page, 'Same e-mail');
  await way.press(page, `Link ${name}`);
  await seeText(page, `Linked to ${name}.`);
  expect(stage.linkOf(variant)).toBe(created);

  await way.press(page, 'Change');
  await way.search(page, name.split(' ')[1] ?? '');
  await way.press(page, `Link Second of ${name}`);
  await seeText(page, `Linked to Second of ${name}.`);
  expect(stage.linkOf(variant)).toBe(variant.second);
  await way.press(page, 'Undo');
  await seeText(page, 'Undone.');
  expect(stage.linkOf(variant)).toBe(created);
}

/** Looked for by ID, while somebody else changes the link: told, nothing overwritten, the text still there. */
export async function comeSecond({ stage, way, variant, page }: Scene, created: string): Promise<void> {
  const { name } = variant.person;
  await way.press(page, 'Change');
  await way.search(page, variant.second);
  await seeText(page, 'Exactly this ID');
  await stage.adminUnlinks(variant, created);
  await way.press(page, `Link Second of ${name}`);
  await seeText(page, 'It is not linked any more. Nothing was overwritten.');
  expect(stage.linkOf(variant)).toBeNull();
  expect(await typedIn(page)).toBe(variant.second);
  await way.press(page, `Link Second of ${name}`);
  await seeText(page, `Linked to Second of ${name}.`);
  expect(stage.linkOf(variant)).toBe(variant.second);
}

export async function unlink({ stage, way, variant, page }: Scene): Promise<void> {
  await way.press(page, 'Unlink');
  await seeText(page, 'Unlinked.');
  expect(stage.linkOf(variant)).toBeNull();
  await way.press(page, 'Undo');
  await seeText(page, 'Undone.');
  expect(stage.linkOf(variant)).toBe(variant.second);
}

/** What nobody can be linked to is a sentence, and leaves everything as it was. */
export async function findUnusable({ stage, way, variant, page }: Scene): Promise<void> {
  await way.press(page, 'Change');
  await way.search(page, UNUSABLE.live);
  await seeText(page, 'This customer belongs to the other mode.');
  await way.search(page, UNUSABLE.deleted);
  await seeText(page, 'This customer was deleted in Stripe.');
  await way.search(page, UNUSABLE.missing);
  await seeText(page, 'Stripe has no such customer in this account.');
  await way.press(page, 'Cancel');
  await way.press(page, 'Unlink');
  await seeText(page, 'Unlinked.');
  expect(stage.linkOf(variant)).toBeNull();
}

/** An ID in a field of almost the right name, and a reward that waits: what goes next is told before it goes. */
export async function repair({ stage, way, variant, page }: Scene): Promise<void> {
  await stage.hands.see(page, `Use ${variant.second}`);
  await seeText(page, 'A customer ID was found in the field stripeCustomerID');
  await way.press(page, `Use ${variant.second}`);
  await seeText(page, `Linked to Second of ${variant.person.name}.`);
  expect(stage.linkOf(variant)).toBe(variant.second);
  await seeText(page, '1 reward is credited next ($20.00 USD)');
  await seeText(page, 'By the browser that sends: Ana’s Chrome.');
  await seeText(page, 'The credit goes from $0.00 USD to $20.00 USD.');
}
