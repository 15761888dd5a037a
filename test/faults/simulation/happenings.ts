/** Everything that can come in between: the faults F1–F28, people, and time. */
import type * as v from 'valibot';
import type { FaultKind } from '../../../sandbox/advocate/faults.ts';
import type { FaultRequest } from '../../../sandbox/stripe/faults.ts';
import { DEEDS } from '../../../src/contract/holds.ts';
import { ANNA, CHIE, CUSTOMERS, EURO, FRESH, PEOPLE, UNITS } from './cast.ts';
import type { Mishap } from './machines.ts';
import type { Passing } from './network.ts';
import { PROXY } from './proxies.ts';
import type { World } from './world.ts';

export const FAULTS = Array.from({ length: 28 }, (_, i) => `F${i + 1}`);

/** `a` and `b` choose among what the kind of happening leaves open. */
export type Happening = { after: number; kind: Kind; a: number; b: number };

const HOUR = 3_600_000;
const at = <T>(list: readonly T[], index: number): T => {
  const one = list[index % list.length];
  if (one === undefined) throw new Error('chosen from nothing');
  return one;
};

const isCredit = ({ method, path }: Passing) => method === 'POST' && path.endsWith('/balance_transactions');
const isStripeRead = ({ method, path }: Passing) => method === 'GET' && path.startsWith('/v1/customers');
const isRedeem = ({ path }: Passing) => path.endsWith('/redeem');
const isNote = ({ body }: Passing) => body.includes('upsertRewardMeta');
const isAsked = ({ method, path }: Passing) => method === 'POST' && path === '/v1/test/credits';
const isFound = ({ path }: Passing) => path === '/v1/test/rewards';
const WHERE = [isCredit, isCredit, isRedeem, isAsked, isNote, isStripeRead, isFound];

type Armed = {
  fault: string;
  fits: (passing: Passing) => boolean;
  mishap?: Mishap;
  stripe?: Partial<v.InferInput<typeof FaultRequest>> & Pick<v.InferInput<typeof FaultRequest>, 'fault'>;
  advocate?: FaultKind;
  /** Something that is done beside, not to the request. */
  beside?: () => void;
};

/** What is waiting to strike, and how often each fault did. */
export function createMischief() {
  let armed: Armed[] = [];
  const struck: Record<string, number> = Object.fromEntries(FAULTS.map((fault) => [fault, 0]));
  const count = (fault: string) => {
    struck[fault] = (struck[fault] ?? 0) + 1;
  };
  const take = (passing: Passing, which: (one: Armed) => boolean): Armed | null => {
    const found = armed.find((one) => which(one) && one.fits(passing));
    if (found === undefined) return null;
    armed = armed.filter((one) => one !== found);
    count(found.fault);
    return found;
  };
  return {
    struck,
    count,
    arm: (one: Armed) => void armed.push(one),
    disarm: () => {
      armed = [];
    },
    onTheWay: (passing: Passing): Mishap | null =>
      take(passing, ({ mishap }) => mishap !== undefined)?.mishap ?? null,
    atTheDoor: (passing: Passing): Armed | null => take(passing, ({ mishap }) => mishap === undefined),
  };
}
export type Mischief = ReturnType<typeof createMischief>;

type Act = (world: World, mischief: Mischief, a: number, b: number) => void | Promise<void>;

const mishap =
  (fault: string, kind: Mishap): Act =>
  (_, mischief, a) =>
    mischief.arm({ fault, fits: at(WHERE, a), mishap: kind });
/** Faults that Stripe itself answers with; where Advocate knows the like, it strikes there as well. */
const answered =
  (fault: Armed['stripe'] & {}, advocate?: FaultKind): Act =>
  (_, mischief, a, b) => {
    const commit = b % 2 === 1 && ['F26', 'F27', 'F28'].includes(fault.fault);
    if (advocate !== undefined && a % 3 === 2)
      mischief.arm({ fault: fault.fault, fits: b % 2 === 0 ? isRedeem : isNote, advocate });
    else
      mischief.arm({ fault: fault.fault, fits: isCredit, stripe: { ...fault, ...(commit && { commit }) } });
  };

const relinkAtAdvocate = ({ advocate }: World, person: number, customer: string | null) => {
  const { accountId, userId } = at(PEOPLE, person);
  advocate.setCustomField('test', { accountId, id: userId }, 'stripeCustomerId', customer);
};
const rewardIds = ({ advocate }: World) => advocate.state.test.rewards.map(({ id }) => id);
const admins = ({ browsers }: World) => browsers.filter(({ role }) => role === 'admin');

/** The connection as an admin makes it: Stripe's page, a yes, and the redirect; here it comes twice, and forged. */
async function connect(world: World, mischief: Mischief): Promise<void> {
  const { machines, stripe } = world;
  const admin = at(admins(world), 0);
  const outside = machines.start('admin’s tab');
  let url: URL | null = null;
  admin.click(async (handlers) => {
    url = new URL((await handlers.connect({}, 'test')).url);
  });
  await world.untilQuiet();
  if (url === null) return;
  const form = new URLSearchParams((url as URL).search);
  form.set('decision', 'connect');
  const answer = await machines.in(outside, () =>
    stripe.app.request('/oauth/authorize', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    }),
  );
  const back = new URL(answer.headers.get('location') ?? PROXY);
  const forged = new URL(back);
  forged.searchParams.set('state', 'forged');
  for (const redirect of [back, forged, back])
    machines.in(outside, () => void fetch(redirect.href, { redirect: 'manual' }).catch(() => undefined));
  mischief.count('F25');
}

const ACTS = {
  tick: (world, _, a) => at(world.browsers, a).tick(),

  F1: mishap('F1', 'lost'),
  F2: mishap('F2', 'answer lost'),
  F3: mishap('F3', 'half answer'),
  F4: mishap('F4', 'late'),
  F5: answered({ fault: 'F5' }, 'error-500'),
  F6: answered({ fault: 'F6' }),
  F7: answered({ fault: 'F7' }, 'error-500-after-commit'),
  F8: answered({ fault: 'F8' }),
  F9: answered({ fault: 'F9' }, 'rate-limited'),
  F10: answered({ fault: 'F10' }),
  F11: answered({ fault: 'F11' }),
  F12: answered({ fault: 'F12' }),
  /** A day in which keys are forgotten. */
  async F13(world, mischief, a) {
    const { idempotency } = world.stripe.state;
    await world.leap((25 + (a % 4) * 12) * HOUR);
    if (Object.keys(idempotency).length > 0) mischief.count('F13');
  },
  F14: answered({ fault: 'F14' }),
  F15(world, mischief) {
    const { machines, stripe } = world;
    mischief.count('F15');
    machines.in(
      machines.start('stripe’s webhooks'),
      () => void stripe.revoke(stripe.state.accountId, 'test'),
    );
  },
  F16: answered({ fault: 'F16' }),
  F17: answered({ fault: 'F17' }),
  F18(world, mischief, a, b) {
    relinkAtAdvocate(world, a, b % 2 === 0 ? EURO : FRESH);
    mischief.count('F18');
  },
  F19(world, mischief, a) {
    if (at(world.browsers, a).stop()) mischief.count('F19');
  },
  /** All browsers at the same moment. Counted where two are seen asking for the same reward. */
  F20: ({ browsers }) => {
    for (const browser of browsers) browser.tick();
  },
  /** A clock is set wrong while everything runs. */
  F21(world, mischief, a, b) {
    const hours = ((b % 9) - 4) * 12;
    const machine = a % 2 === 0 ? at(world.browsers, a).process() : at(world.proxies, a).process();
    if (machine === null || hours === 0) return;
    machine.clockOff = hours * HOUR;
    mischief.count('F21');
  },
  /** Support makes a customer, and looks for it before search knows it. */
  F22(world, mischief, a) {
    const browser = at(world.browsers, a);
    const { accountId, userId } = at(PEOPLE, a);
    const key = { accountId, userId };
    browser.click(async (handlers) => {
      await handlers.createCustomer(key, 'test');
      mischief.count('F22');
      await handlers.customers({ q: userId, participant: key }, 'test');
      await handlers.createCustomer(key, 'test');
    });
  },
  /** More entries than fit on a page, and new ones while they are read. */
  F23(world, mischief, a) {
    const customer = at(CUSTOMERS, a);
    world.addByHand(customer, 105);
    mischief.arm({
      fault: 'F23',
      fits: ({ method, path }) =>
        method === 'GET' && path === `/v1/customers/${customer}/balance_transactions`,
      beside: () => world.addByHand(customer, 3),
    });
  },
  async F24(world, mischief, a, b) {
    const proxy = at(world.proxies, a);
    if (proxy.kill()) mischief.count('F24');
    if (b % 3 !== 0) proxy.start();
  },
  F25: connect,
  F26: answered({ fault: 'F26' }),
  F27: answered({ fault: 'F27' }, 'html-502'),
  F28: answered({ fault: 'F28' }),

  relink: (world, _, a, b) => relinkAtAdvocate(world, a, at([...CUSTOMERS.slice(0, 4), null], b)),
  linkByHand(world, _, a, b) {
    const { accountId, userId } = at(PEOPLE, a);
    const customer = at([ANNA, CHIE, ...CUSTOMERS], b);
    at(world.browsers, b).click(async (handlers) => {
      const { link } = await handlers.participant({ accountId, userId }, 'test');
      await handlers.link({ accountId, userId, customer, previous: link }, 'test');
    });
  },
  cancel(world, _, a) {
    const { id, statuses, redeemed } = at(world.advocate.state.test.rewards, a);
    if (redeemed === 0 && !statuses.includes('CANCELLED')) world.advocate.cancel(id);
  },
  earn: ({ advocate }, _, a, b) => {
    const { accountId, userId } = at(PEOPLE, a);
    const unit = at(UNITS, b % 4 === 3 ? 1 : 0);
    advocate.earn('test', { accountId, id: userId }, { unit, amount: 100 * (1 + (b % 30)) });
  },
  redeemByHand: (world, _, a, b) => {
    const reward = at(world.advocate.state.test.rewards, a);
    const part = b % 2 === 0 ? reward.availableValue : Math.floor(reward.availableValue / 2);
    if (part > 0) world.advocate.redeemByHand(reward.id, part);
  },
  retry: (world, _, a, b) => {
    const reward = at(rewardIds(world), b);
    at(admins(world), a).click((handlers) => handlers.retry({ reward }, 'test'));
  },
  confirmCurrency: (world, _, a, b) => {
    const reward = at(rewardIds(world), b);
    at(admins(world), a).click((handlers) => handlers.confirmCurrency({ reward }, 'test'));
  },
  /** An admin holds, dismisses or releases one reward, or all that there are. */
  decide: (world, _, a, b) => {
    const all = rewardIds(world);
    const rewards = b % 4 === 3 ? all : [at(all, b)];
    at(admins(world), a).click((handlers) => handlers.holdRewards({ rewards, deed: at(DEEDS, a) }, 'test'));
  },
  pause: (world, _, a, b) => world.setPaused(at(admins(world), a), b % 2 === 0),
  /** A lid closed over a weekend, or a virtual machine that stood still for minutes. */
  sleep(world, _, a, b) {
    const ms = b % 3 === 0 ? 60 * HOUR : (30 + (b % 60) * 10) * 1000;
    const machine = a % 2 === 0 ? at(world.browsers, a).process() : at(world.proxies, a).process();
    if (machine !== null) machine.asleepUntil = world.machines.now() + ms;
  },
  wait: (world, _, a) => world.machines.pass(a % 2 === 0 ? 1000 * (1 + (a % 60)) : 60_000 * (1 + (a % 20))),
  wipeProfile(world, _, a) {
    const browser = at(world.browsers, a);
    browser.wipe();
    browser.pair();
  },
  deleteCustomer: (world, _, a) => world.deleteCustomer(at(CUSTOMERS, a)),
  invoice(world, _, a) {
    const customer = world.books().customers[at(CUSTOMERS, a)];
    if (customer && !customer.deleted && customer.currency !== null)
      world.stripe.finalizeInvoice(customer.id);
  },
  /** Advocate's lists lag behind its writes. */
  lag: ({ advocate }, _, a) =>
    void advocate.inject({
      fault: 'stale-read',
      staleMs: 1000 * (1 + (a % 30)),
      times: 1 + (a % 5),
      operation: 'Rewards',
    }),
  lostLedger: (world) => world.loseLedger(),
  takeBack: (world, _, a) => {
    at(admins(world), a).click(async (handlers) => {
      if (!('reversals' in handlers)) return;
      const { reversals } = await handlers.reversals({ state: 'proposed' }, 'test');
      for (const { reward } of reversals) {
        const { unspent } = await handlers.reversal({ reward }, 'test');
        if (unspent !== null && unspent.amount > 0) await handlers.reverse({ reward, seen: unspent }, 'test');
      }
    });
  },
} satisfies Record<string, Act>;

export type Kind = keyof typeof ACTS;
export const KINDS = Object.keys(ACTS) as Kind[];
export const happen = (world: World, mischief: Mischief, { kind, a, b }: Happening) =>
  (ACTS[kind] as Act)(world, mischief, a, b);
