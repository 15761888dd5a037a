import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Seed, SeedCustomer } from '../../sandbox/seed.ts';
import { byClick, byKeyboard, seeText, type Way } from './card-hands.ts';
import {
  comeSecond,
  create,
  findUnusable,
  linkAndRelink,
  repair,
  type Scene,
  UNUSABLE,
  unlink,
} from './desk-deeds.ts';
import { type DeskStage, supportStage } from './desk-stage.ts';
import {
  accountPage,
  openVariant,
  shiftsOn,
  unsurePage,
  type Variant,
  variants,
} from './participant-pages.ts';

const PAGES = variants();
const IN_POPUP = unsurePage(9);
const UNSURE = unsurePage(10);
const SHARING = accountPage(11);
const SEVERAL = unsurePage(12);
const ELSEWHERE = unsurePage(13);

/** Of the first customer, with what makes it another one. */
function more({ stripe }: Seed, id: string, changes: Partial<SeedCustomer>): void {
  const [first] = stripe.customers;
  if (first) stripe.customers.push({ ...first, id, ...changes });
}

function traps(seed: Seed): void {
  more(seed, UNUSABLE.live, { mode: 'live' });
  more(seed, UNUSABLE.deleted, { deleted: true });
  more(seed, 'cus_Own1', { name: UNSURE.person.name, email: UNSURE.person.email });
  const { name, email } = SEVERAL.person;
  more(seed, 'cus_Same1', { name, email });
  more(seed, 'cus_Same2', { name, email: email.toUpperCase(), currency: 'eur' });
  more(seed, 'cus_Same3', { name: 'Never billed', email, currency: null });
  more(seed, 'cus_Shared1', { name: 'The shared one' });
  const { participants } = seed.advocate;
  const sharing = participants.find(({ id }) => id === SHARING.person.id);
  if (!sharing) throw new Error('The seed lacks whom the test is about.');
  const mate = { ...sharing, id: 'mate@example.com', email: 'mate@example.com', firstName: 'Mate' };
  participants.push({ ...mate, customFields: { stripeCustomerId: 'cus_Shared1' } });
}

async function onPage({ stage, way }: Pick<Scene, 'stage' | 'way'>, variant: Variant): Promise<Scene> {
  const page = await openVariant(stage.hands.browser, variant);
  await page.bringToFront();
  return { stage, way, variant, page };
}

const movedOn = async ({ page }: Scene) => (await shiftsOn(page)).filter(({ nodes }) => nodes.length > 0);

describe.each(Object.entries({ 'by click': byClick, 'by keyboard alone': byKeyboard }))('%s', (_, wayOf) => {
  let stage: DeskStage;
  let way: Way;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    stage = await supportStage(
      [...PAGES, IN_POPUP, UNSURE, SHARING, SEVERAL, ELSEWHERE],
      traps,
      (end) => void ends.push(end),
    );
    way = wayOf(stage.hands);
  });
  beforeEach(async () => {
    await stage.adminSends();
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  test.each(PAGES)(
    '$name: create, undo, find, link, relink, come second, unlink, repair; and nothing moves',
    async (variant) => {
      const scene = await onPage({ stage, way }, variant);
      const { page } = scene;
      await stage.hands.see(page, 'Find customer');
      await seeText(page, variant.person.name);
      await seeText(page, 'Test mode');
      expect(await shiftsOn(page), 'when the card comes').toEqual([]);
      await way.press(page, 'Find customer');
      const created = await create(scene);
      await linkAndRelink(scene, created);
      await comeSecond(scene, created);
      await unlink(scene);
      await findUnusable(scene);
      expect(await movedOn(scene), 'while the card is used').toEqual([]);
      await stage.misspell(variant);
      await stage.reward(variant, 2000);
      await page.reload();
      await repair(scene);
      await page.close();
    },
  );

  test('in the popup, without any page: the same', async () => {
    const { popup } = stage.hands;
    const scene = { stage, way, variant: IN_POPUP, page: popup };
    const { email, name } = IN_POPUP.person;
    const find = async () => {
      await way.search(popup, email, 'Participant’s e-mail or ID', 'Find participant');
      await way.choose(popup, name);
    };
    await way.press(popup, 'Link a participant');
    await find();
    const created = await create(scene);
    await linkAndRelink(scene, created);
    await comeSecond(scene, created);
    await unlink(scene);
    await findUnusable(scene);
    await stage.misspell(IN_POPUP);
    await stage.reward(IN_POPUP, 2000);
    await way.press(popup, 'Another participant');
    await find();
    await repair(scene);
  });

  test('an unsure page asks quietly, and moves for nobody', async () => {
    const scene = await onPage({ stage, way }, UNSURE);
    const { page } = scene;
    const { name, email } = UNSURE.person;
    await way.press(page, `Is this ${name}?`);
    await way.press(page, `Yes: ${name} · ${email}`);
    await way.press(page, 'Find customer');
    await way.press(page, `Link ${name}`);
    await seeText(page, `Linked to ${name}.`);
    expect(stage.linkOf(UNSURE)).toBe('cus_Own1');
    expect(await movedOn(scene)).toEqual([]);
    await page.close();
  });

  test('of several with one e-mail each has its evidence and its warnings, and none is linked but the one pressed', async () => {
    await stage.reward(SEVERAL, 2000);
    await stage.adminLinks(ELSEWHERE, 'cus_Same3', null);
    const { page } = await onPage({ stage, way }, SEVERAL);
    const { name, email } = SEVERAL.person;
    await way.press(page, `Is this ${name}?`);
    await way.press(page, `Yes: ${name} · ${email}`);
    await way.press(page, 'Find customer');
    for (const told of [
      '3 Stripe customers use this e-mail. Choose one; nothing was linked.',
      'Linking lets up to 1 reward ($20.00 USD) through.',
      'Same e-mail, other capitals',
      'Same currency as the rewards',
      'Billed in another currency than the waiting rewards',
      'Never billed: the first credit fixes its currency.',
      `Already linked to ${ELSEWHERE.person.id}.`,
    ])
      await seeText(page, told);
    expect(stage.linkOf(SEVERAL)).toBeNull();
    await way.press(page, `Link ${name}, cus_Same1`);
    await seeText(page, `Linked to ${name}.`);
    expect(stage.linkOf(SEVERAL)).toBe('cus_Same1');
    await page.close();
  });

  test('another customer within the account is refused, and the account’s own offered', async () => {
    const { page } = await onPage({ stage, way }, SHARING);
    await way.press(page, 'Find customer');
    await way.search(page, SHARING.second);
    await way.press(page, `Link Second of ${SHARING.person.name}`);
    await seeText(page, 'Another participant of this account has another customer.');
    expect(stage.linkOf(SHARING)).toBeNull();
    await way.press(page, 'Use cus_Shared1');
    await seeText(page, 'Linked to The shared one.');
    expect(stage.linkOf(SHARING)).toBe('cus_Shared1');
    await page.close();
  });
});
