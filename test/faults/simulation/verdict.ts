/**
 * What must be true, judged from the simulators' own records and from what passed over the wire. Shares no code with
 * the product: only the names of its metadata, which are the promise that people find at Stripe.
 */
import { PEOPLE, UNITS } from './cast.ts';
import type { Passing } from './network.ts';
import { SECRETS, type World } from './world.ts';

export type Breach = { kind: 'duplicate' | 'lost' | 'violation'; what: string };

/** Facts are at most ten seconds old when money moves; and Advocate's own lists may be older, when they lag. */
const FRESH_MS = 11_000;
const LAG_MS = 31_000;

type Seen = { at: number; customer: unknown };
const keyOf = (accountId: string, userId: string) => `${accountId}/${userId}`;

export function createWitness() {
  const breaches: Breach[] = [];
  const say = (kind: Breach['kind'], what: string) => void breaches.push({ kind, what });
  const links = new Map<string, Seen[]>();
  const cancelledAt = new Map<string, number>();
  const redeemedByUs = new Map<string, number>();
  /** The first time a credit for a reward went out to a customer: later ones under its key are the same intent. */
  const sent = new Set<string>();

  let lags = false;
  const freshness = () => (lags ? LAG_MS + FRESH_MS : FRESH_MS);

  /** Called whenever something may have changed at Advocate. */
  function look({ advocate, machines }: World): void {
    const { participants, rewards } = advocate.state.test;
    for (const { accountId, id, customFields } of participants) {
      const seen = links.get(keyOf(accountId, id)) ?? [];
      const customer = customFields.stripeCustomerId ?? null;
      if (seen.at(-1)?.customer !== customer) seen.push({ at: machines.now(), customer });
      links.set(keyOf(accountId, id), seen);
    }
    for (const { id, statuses } of rewards)
      if (statuses.includes('CANCELLED') && !cancelledAt.has(id)) cancelledAt.set(id, machines.now());
  }

  /** Whether the participant was linked to this customer a moment ago. */
  function wasLinked(who: string, customer: string, now: number): boolean {
    const seen = links.get(who) ?? [];
    return seen.some((one, i) => one.customer === customer && (seen[i + 1]?.at ?? now) >= now - freshness());
  }

  function onCredit(world: World, { path, body }: Passing): void {
    look(world);
    const now = world.machines.now();
    const customer = path.split('/')[3] ?? '';
    const form = new URLSearchParams(body);
    const reward = form.get('metadata[advocate_reward]');
    const amount = Number(form.get('amount'));
    if (reward === null) {
      if (form.get('metadata[advocate_reversed_reward]') === null)
        say('violation', `an entry without a cause: ${body}`);
      return;
    }
    if (!(amount < 0)) say('violation', `a credit of ${amount} for ${reward}`);
    const kept = world.keptBack(reward);
    if (kept !== null) say('violation', `${reward} was sent although it is ${kept}`);
    const intent = `${reward} ${customer} ${amount} ${form.get('currency')}`;
    if (sent.has(intent)) return;
    sent.add(intent);
    const found = world.advocate.state.test.rewards.find(({ id }) => id === reward);
    if (found === undefined) {
      say('violation', `a credit for ${reward}, which does not exist`);
      return;
    }
    const who = keyOf(found.accountId, found.userId);
    if (!wasLinked(who, customer, now))
      say('violation', `${reward} was sent to ${customer}, which is not linked`);
    if ((cancelledAt.get(reward) ?? now) < now - freshness())
      say('violation', `${reward} was sent after its cancellation`);
    if (-amount > found.value) say('violation', `${reward} over ${found.value} was sent as ${-amount}`);
    if (`STRIPE/${form.get('currency')?.toUpperCase()}` !== found.unit)
      say('violation', `${reward} in ${form.get('currency')}`);
  }

  return {
    breaches,
    look,
    listsLag: () => {
      lags = true;
    },
    onDeparture(world: World, passing: Passing): void {
      const { from, method, path } = passing;
      if (!path.startsWith('/v1/customers') || !from.name.startsWith('proxy')) return;
      const row = world.ledger.sqlite
        .prepare<[], { broken: string | null }>("select broken from connections where mode = 'test'")
        .get();
      if (row === undefined || row.broken !== null)
        say('violation', `${method} ${path} after the access was taken back`);
      if (method === 'POST' && path.endsWith('/balance_transactions')) onCredit(world, passing);
    },
    onDelivery(_: World, { path, from }: Passing): void {
      if (!path.endsWith('/redeem') || !from.name.startsWith('proxy')) return;
      const reward = path.split('/').at(-2) ?? '';
      redeemedByUs.set(reward, (redeemedByUs.get(reward) ?? 0) + 1);
    },

    /** Whether more time could still change something: money that is due, or a row that is no place to stay. */
    async goesOn(world: World): Promise<boolean> {
      const { rewards, participants } = world.advocate.state.test;
      const paid = new Set(
        Object.values(world.books().balanceTransactions)
          .flat()
          .map(({ metadata }) => metadata.advocate_reward),
      );
      if (rewards.some((reward) => !paid.has(reward.id) && isDue(world, reward, participants))) return true;
      const admins = world.browsers.filter(({ role }) => role === 'admin');
      const rows = (await Promise.all(admins.map((browser) => browser.rows('test')))).flat();
      return rows.some(
        ({ reward, state }) => MOVES_ON.has(state) || (paid.has(reward) && !SETTLED.has(state)),
      );
    },

    /** When everything has come to rest. */
    async judge(world: World): Promise<Breach[]> {
      look(world);
      const { rewards, participants } = world.advocate.state.test;
      const entries = Object.values(world.books().balanceTransactions)
        .flat()
        .filter(({ type }) => type === 'adjustment');
      const admins = world.browsers.filter(({ role }) => role === 'admin');
      const rows = await Promise.all(admins.map((browser) => browser.rows('test')));
      // One that only looks on may well see as ready what the other could not send; who came further knows more.
      const queued = new Map(
        rows
          .flat()
          .sort((a, b) => Number(REST.has(a.state)) - Number(REST.has(b.state)))
          .map((row) => [row.reward, row]),
      );
      const ledger = new Map(
        world.ledger.sqlite
          .prepare<[], LedgerRow>(
            "select reward, customer, amount, currency, point, credit from ledger where mode = 'test'",
          )
          .all()
          .map((row) => [row.reward, row]),
      );

      for (const reward of rewards) {
        if (!UNITS.includes(reward.unit)) continue;
        const credits = entries.filter(({ metadata }) => metadata.advocate_reward === reward.id);
        const reversals = entries.filter(({ metadata }) => metadata.advocate_reversed_reward === reward.id);
        const row = ledger.get(reward.id);
        const inQueue = queued.get(reward.id);
        if (credits.length > 1)
          say(
            'duplicate',
            `${reward.id}: ${credits.map(({ id, customer }) => `${id} for ${customer}`).join(', ')}`,
          );
        if (reversals.length > 1) say('duplicate', `${reward.id} was taken back ${reversals.length} times`);
        const [credit] = credits;
        for (const back of reversals)
          if (credit === undefined || back.amount > -credit.amount || back.customer !== credit.customer)
            say('violation', `${reward.id}: ${back.id} takes back what was never given`);
        // What was over before this browser looked it never sees; money on its way must be in sight.
        if (inQueue === undefined && credits.length > 0 && reward.statuses.includes('AVAILABLE'))
          say('lost', `${reward.id} is credited, not redeemed, and in no queue`);
        else if (inQueue === undefined && credits.length > 0) continue;
        else if (inQueue === undefined) {
          if (isDue(world, reward, participants)) say('lost', `${reward.id} is due and in no queue`);
        } else if (!REST.has(inQueue.state)) say('lost', `${reward.id} is left ${inQueue.state}`);
        else if ((inQueue.state === 'waiting' || inQueue.state === 'held') && inQueue.reason === null)
          say('lost', `${reward.id} is ${inQueue.state} and nobody says why`);

        // Whoever has it in sight agrees on what an admin said; a ledger that was lost can tell nobody.
        const kept = world.keptBack(reward.id);
        const open = reward.redeemed === 0 && !reward.statuses.some((status) => OVER.has(status));
        for (const { state, reason } of rows.flat().filter((one) => one.reward === reward.id && open)) {
          const shown = BY_HAND.has(reason ?? '') ? reason : null;
          if (shown !== kept && !world.ledgerWasLost())
            say('violation', `${reward.id} is ${kept ?? 'free'} and stands as ${state} (${reason})`);
        }
        if (kept !== null && row !== undefined)
          say('violation', `${reward.id} is ${kept} and ${row.point} at once`);

        if (credit !== undefined) {
          if (row?.credit !== credit.id && !(row?.credit == null && world.ledgerWasLost()))
            say('violation', `${reward.id}: Stripe has ${credit.id}, the ledger ${row?.credit ?? 'nothing'}`);
          else if (
            row?.credit === credit.id &&
            (row.amount !== -credit.amount || row.customer !== credit.customer)
          )
            say('violation', `${reward.id}: the ledger does not say what Stripe says`);
          // Whoever sends or sent must know by now; a ledger that was lost can tell nobody.
          for (const { state, reason } of rows.flat().filter((one) => one.reward === reward.id))
            if (!SETTLED.has(state) && !world.ledgerWasLost())
              say('lost', `${reward.id} is paid and stands as ${state} (${reason})`);
        } else {
          if (row !== undefined && row.point !== 'claimed')
            say('violation', `${reward.id} is ${row.point} without a credit`);
          if ((redeemedByUs.get(reward.id) ?? 0) > 0)
            say('lost', `${reward.id} was redeemed by us without a credit`);
          const asked = rows.flat().filter((one) => one.reward === reward.id);
          const held = asked.some(({ reason }) => NEEDS_A_LOOK.has(reason ?? ''));
          const due = !held && isDue(world, reward, participants);
          if (due)
            say(
              'lost',
              `${reward.id} is due and was not credited: ${inQueue?.state} (${inQueue?.reason}) ${JSON.stringify(inQueue?.facts)}`,
            );
        }
      }
      const known = new Set(rewards.map(({ id }) => id));
      for (const { id, metadata } of entries)
        if (metadata.advocate_reward !== undefined && !known.has(metadata.advocate_reward))
          say('violation', `${id} names no reward`);
      for (const complaint of world.machines.complaints) say('violation', complaint);
      for (const line of world.logLines)
        if (JSON.parse(line).level >= ERROR) say('violation', line.slice(0, 600));
      const kept = [...world.logLines, ...world.browsers.map((browser) => browser.stored())].join('\n');
      for (const secret of SECRETS) if (kept.includes(secret)) say('violation', 'a secret was written down');
      return breaches;
    },
  };
}

type LedgerRow = {
  reward: string;
  customer: string;
  amount: number;
  currency: string;
  point: string;
  credit: string | null;
};
/** Stripe said, truly or not, that something else was sent under the key: nobody but a person can decide then. */
const NEEDS_A_LOOK = new Set(['credit_differs']);
/** pino's number for what should not happen. */
const ERROR = 50;
/** Reasons that are an admin's word, and what Advocate itself ends a reward with. */
const BY_HAND = new Set(['held_by_hand', 'dismissed']);
const OVER = new Set(['CANCELLED', 'REDEEMED', 'EXPIRED']);
const MOVES_ON = new Set(['ready', 'crediting', 'credited']);
const SETTLED = new Set(['redeemed', 'reversed', 'held', 'credited']);
/** Where a reward may stay. */
const REST = new Set(['waiting', 'held', 'cancelled', 'redeemed', 'reversed', 'credited']);

type State = World['advocate']['state']['test'];

/** Whether, as everything stands now, nothing is in the way of this reward. */
function isDue(world: World, reward: State['rewards'][number], participants: State['participants']): boolean {
  if (!reward.statuses.every((status) => status === 'AVAILABLE') || reward.redeemed > 0) return false;
  if (world.keptBack(reward.id) !== null) return false;
  const link = (accountId: string, id: string) =>
    participants.find((one) => one.accountId === accountId && one.id === id)?.customFields.stripeCustomerId ??
    null;
  const own = link(reward.accountId, reward.userId);
  const others = PEOPLE.filter(({ accountId }) => accountId === reward.accountId).map(
    ({ accountId, userId }) => link(accountId, userId),
  );
  if (typeof own !== 'string' || others.some((other) => other !== null && other !== own)) return false;
  const customer = world.books().customers[own];
  return (
    customer !== undefined &&
    !customer.deleted &&
    customer.currency === reward.unit.split('/')[1]?.toLowerCase()
  );
}
