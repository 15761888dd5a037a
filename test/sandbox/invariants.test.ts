import { expect, onTestFinished, test } from 'vitest';
import { account, look, type World } from '../../sandbox/invariants.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { startSandbox } from '../../sandbox/start.ts';
import { postTransaction } from '../../sandbox/stripe/state.ts';

const REWARD = 'aaaaaaaaaaaaaaaaaaaaaaa1';
const OTHER = 'aaaaaaaaaaaaaaaaaaaaaaa2';
const ANNA = { accountId: 'anna', id: 'anna', email: 'anna@example.com' };

/** One reward that is due, and one in a unit to be left alone. */
async function twoWorlds(): Promise<{ before: World; after: World }> {
  const seed = readSeed();
  const customer = {
    mode: 'test' as const,
    name: 'Anna',
    email: ANNA.email,
    currency: 'usd',
    createdDaysAgo: 9,
  };
  seed.stripe.customers = [
    { ...customer, id: 'cus_Anna' },
    { ...customer, id: 'cus_Another' },
  ];
  const reward = { amount: 2000, status: 'available' as const, earnedDaysAgo: 3 };
  seed.advocate.participants = [
    {
      ...ANNA,
      mode: 'test',
      firstName: 'Anna',
      lastName: null,
      customFields: { stripeCustomerId: 'cus_Anna' },
      createdDaysAgo: 9,
      rewards: [
        { ...reward, id: REWARD, unit: 'STRIPE/USD' },
        { ...reward, id: OTHER, unit: 'STRIPE/GBP' },
      ],
    },
  ];
  const sandbox = await startSandbox({ seed });
  onTestFinished(() => sandbox.close());
  return { before: look(sandbox, 'test'), after: look(sandbox, 'test') };
}

function credit(
  world: World,
  more: { amount?: number; currency?: string; customer?: string; names?: string } = {},
) {
  const { amount = -2000, currency = 'usd', customer = 'cus_Anna', names = REWARD } = more;
  const holder = world.books.customers[customer];
  if (!holder) throw new Error(`There is no ${customer}.`);
  postTransaction(world.books, holder, {
    amount,
    currency,
    created: 1,
    type: 'adjustment',
    metadata: { for: names },
  });
}

function redeem(world: World, id = REWARD, amount = 2000) {
  for (const reward of world.advocate.rewards) {
    if (reward.id !== id) continue;
    reward.redeemed += amount;
    if (reward.redeemed === reward.value) reward.statuses = ['REDEEMED'];
  }
}

async function findings(happens: (world: World) => void): Promise<string[]> {
  const { before, after } = await twoWorlds();
  happens(after);
  return account(before, after, ['STRIPE/USD']).findings.map(({ kind }) => kind);
}

test('a reward that is credited once and redeemed once leaves nothing to say', async () => {
  const { before, after } = await twoWorlds();
  credit(after);
  redeem(after);
  expect(account(before, after, ['STRIPE/USD'])).toMatchObject({
    found: [{ id: REWARD, amount: 2000, currency: 'USD' }],
    redeemed: [{ id: REWARD }],
    findings: [],
    changes: [{ customer: 'cus_Anna', currency: 'USD', before: 0, after: 2000 }],
  });
});

test('a reward that is due and unpaid is lost', async () => {
  expect(await findings(() => undefined)).toEqual(['lost']);
});

test('a second credit for a reward is a duplicate, unless it was reversed', async () => {
  const twice = (world: World) => {
    credit(world);
    credit(world);
    redeem(world);
  };
  expect(await findings(twice)).toEqual(['duplicate']);
  const reversed = (world: World) => {
    credit(world);
    redeem(world);
    credit(world);
    credit(world, { amount: 2000 });
  };
  expect(await findings(reversed)).toEqual([]);
});

test('a credit without redemption and a redemption without credit are lost', async () => {
  expect(await findings((world) => credit(world))).toEqual(['lost']);
  expect(await findings((world) => redeem(world))).toContain('lost');
});

test('another amount, currency or customer is wrong', async () => {
  for (const wrong of [{ amount: -1999 }, { currency: 'eur' }, { customer: 'cus_Another' }]) {
    const happens = (world: World) => {
      credit(world, wrong);
      redeem(world);
    };
    expect(await findings(happens), JSON.stringify(wrong)).toEqual(['wrong']);
  }
});

test('a credit for a participant who is not linked, or that names no reward, is wrong', async () => {
  const unlinked = (world: World) => {
    for (const participant of world.advocate.participants) participant.customFields = {};
    credit(world);
    redeem(world);
  };
  expect(await findings(unlinked)).toEqual(['wrong']);
  const nameless = (world: World) => {
    credit(world);
    redeem(world);
    credit(world, { names: 'nothing' });
  };
  expect(await findings(nameless)).toEqual(['wrong']);
});

test('a reward in another unit must be left alone', async () => {
  const touched = (world: World) => {
    credit(world);
    redeem(world);
    redeem(world, OTHER, 100);
  };
  expect(await findings(touched)).toEqual(['wrong']);
});

test('a credit that was taken back is an end, whoever the reward would be due to now', async () => {
  const takenBack = (world: World) => {
    credit(world, { customer: 'cus_Another' });
    redeem(world);
    credit(world, { customer: 'cus_Another', amount: 1500 });
  };
  expect(await findings(takenBack)).toEqual([]);
});

test('more than the credit, from another customer, in another currency or without a credit is wrong', async () => {
  for (const wrong of [{ amount: 2001 }, { currency: 'eur' }, { customer: 'cus_Another' }]) {
    const happens = (world: World) => {
      credit(world);
      redeem(world);
      credit(world, { amount: 2000, ...wrong });
    };
    expect(await findings(happens), JSON.stringify(wrong)).toContain('wrong');
  }
  const twice = (world: World) => {
    credit(world);
    redeem(world);
    credit(world, { amount: 1000 });
    credit(world, { amount: 1000 });
  };
  expect(await findings(twice)).toContain('wrong');
});
