/** A believable year, as a plan: who earned what, when it was credited, and what went otherwise. Pure. */
import type { SeedReward } from '../seed.ts';
import { createPeople } from './people.ts';
import { DAY, type Paid, type Planner, type Year, type YearOptions } from './planned.ts';
import { createRandom, type Random } from './random.ts';
import { planSpecial } from './special.ts';

const HOUR = 3_600_000;
const AMOUNTS: Record<string, [number, ...number[]]> = {
  JPY: [500, 1000, 1500, 3000],
  other: [500, 1000, 1000, 1500, 2000, 2000, 2500, 5000],
};

export function planYear({ seed = 1, rewards = 2400, now = Date.now() }: YearOptions = {}): Year {
  const random = createRandom(seed);
  const year: Year = { now, random, customers: [], participants: [], planned: [] };
  const makePerson = createPeople(random);
  const person: Planner['person'] = (change) => {
    const made = makePerson(change);
    year.customers.push(made.customer);
    year.participants.push(made.participant);
    return made;
  };
  const earn: Planner['earn'] = (who, { earnedAt, ...more }, paidTo = null) => {
    const unit = more.unit ?? who.billing.unit;
    const currency = unit.split('/')[1] ?? '';
    const amount = more.amount ?? random.pick(AMOUNTS[currency] ?? AMOUNTS.other ?? [1000]);
    const paid = paidTo === null ? null : payment(random, earnedAt, now, paidTo);
    const reward: SeedReward = {
      id: random.hex(24),
      status: paid === null ? 'available' : 'redeemed',
      earnedDaysAgo: (now - earnedAt) / DAY,
      ...more,
      unit,
      amount,
      ...(paid?.creditedAt && { changedDaysAgo: (now - paid.creditedAt - 900) / DAY }),
    };
    who.participant.rewards?.push(reward);
    const { participant } = who;
    const planned = { reward, participant, amount, currency, earnedAt, paid, held: null, takenBack: null };
    year.planned.push(planned);
    return planned;
  };
  const planner = { now, random, person, earn };
  planOrdinary(planner, rewards);
  planSpecial(planner, rewards);
  return year;
}

/** Most go through. A few people are not linked, and some rewards end before anybody could pay them. */
function planOrdinary({ now, random, person, earn }: Planner, rewards: number): void {
  const linked = Array.from({ length: Math.max(20, Math.round(rewards / 9)) }, () => person());
  const unlinked = Array.from({ length: Math.max(5, Math.round(rewards / 200)) }, (_, i) => {
    const who = person({ fields: {} });
    if (i % 5 === 4) who.participant.customFields = { stripeCustomerID: who.customer.id };
    return who;
  });
  for (let i = 0; i < rewards; i += 1) {
    const earnedAt = earnedInYear(random, now);
    // Some people bring many others.
    const who = linked[Math.floor(random.next() ** 1.7 * linked.length)];
    if (who === undefined) continue;
    const fate = random.next();
    if (fate < 0.02) {
      const lost = unlinked[random.below(unlinked.length)];
      // Who is not linked has waited for weeks, not for a year.
      if (lost !== undefined) earn(lost, { earnedAt: now - random.below(40 * DAY) - HOUR });
    } else if (fate < 0.04) earn(who, { earnedAt, status: 'cancelled' });
    else if (fate < 0.045) earn(who, { earnedAt, status: 'expired' });
    else if (fate < 0.05)
      earn(who, {
        earnedAt: now - random.below(20 * DAY) - HOUR,
        status: 'pending',
        pendingReason: random.pick(['SCHEDULED', 'US_TAX']),
      });
    else earn(who, { earnedAt }, who.customer.id);
  }
}

/** More towards the end of the year, fewer at weekends, mostly by day. */
function earnedInYear(random: Random, now: number): number {
  for (;;) {
    const at = now - Math.floor(random.next() * 364 * DAY) - 2 * HOUR;
    const date = new Date(at);
    const growth = 0.45 + (0.55 * (at - (now - 364 * DAY))) / (364 * DAY);
    const weekday = date.getUTCDay();
    const workday = weekday === 0 || weekday === 6 ? 0.35 : 1;
    const hour = date.getUTCHours();
    const daytime = hour < 6 ? 0.15 : hour > 21 ? 0.3 : 1;
    if (random.chance(growth * workday * daytime)) return at;
  }
}

/** Within minutes while a browser is open, and on the next working day where none was. */
function payment(random: Random, earnedAt: number, now: number, customer: string): Paid {
  let at = earnedAt + Math.max(20_000, random.skewed(9 * 60_000, 1.1));
  const weekday = new Date(at).getUTCDay();
  if (weekday === 0 || weekday === 6) at += random.next() * 30 * HOUR;
  else if (random.chance(0.12)) at += random.next() * 14 * HOUR;
  const creditedAt = Math.floor(Math.min(at, now - 60_000) / 1000) * 1000;
  return {
    point: 'noted',
    customer,
    claimedAt: creditedAt - 300,
    creditedAt,
    transaction: random.id('cbtxn', 24),
    request: random.id('req', 14),
    byHand: 0,
    by: random.chance(0.8) ? 0 : 1,
  };
}
