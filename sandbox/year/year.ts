/** A year that did not happen: in both simulators and in a proxy's database, as if the proxy had worked all along. */

import { type Database, openDatabase } from '../../src/proxy/database.ts';
import { NOTE_MARK } from '../../src/proxy/judge.ts';
import { readSeed, type Seed } from '../seed.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../start.ts';
import type { StripeValue } from '../stripe/simulator.ts';
import { planYear } from './plan.ts';
import { DAY, type Planned, type Year, type YearOptions } from './planned.ts';
import { USD_CAP, YEAR_UNITS } from './special.ts';
import { auditOf } from './write-audit.ts';
import { type Booked, daysRows, ledgerRow, type Place, reversalRow, toldRow } from './write-rows.ts';
import { bookYear } from './write-stripe.ts';

export type { Year, YearOptions };
export { planYear };

/** SQLite takes some thirty thousand values in a statement, and a ledger row has forty. */
const ROWS_AT_ONCE = 400;

/** The sandbox with the year in it; `env.DATABASE_URL` names the database that tells of it. */
export async function startYear(
  options: YearOptions = {},
  sandboxOptions: Omit<SandboxOptions, 'seed'> = {},
): Promise<Sandbox> {
  const year = planYear(options);
  const sandbox = await startSandbox({ ...sandboxOptions, seed: seedOfYear(year) });
  const db = await openDatabase(sandbox.env.DATABASE_URL ?? '');
  await fillYear(year, sandbox, db);
  await db.destroy();
  return sandbox;
}

/** Test mode is the year's alone; live stays as it is in the seed. */
export function seedOfYear(year: Year): Seed {
  const seed = readSeed();
  const live = <T extends { mode: string }>(rows: T[]) => rows.filter(({ mode }) => mode === 'live');
  for (const { reward, paid, amount, currency } of year.planned)
    if (paid?.point === 'noted' && paid.creditedAt !== null)
      reward.note = {
        message: 'Credited for the next invoice.',
        customMeta: { by: NOTE_MARK, customer: paid.customer, credit: paid.transaction, amount, currency },
      };
  seed.stripe.customers = [...live(seed.stripe.customers), ...year.customers];
  seed.advocate.participants = [...live(seed.advocate.participants), ...year.participants];
  return seed;
}

export async function fillYear(
  year: Year,
  { stripe, seed }: { stripe: Pick<StripeValue, 'state' | 'connect'>; seed: Seed },
  db: Database,
): Promise<void> {
  const { now, random } = year;
  const uuid = () =>
    `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
  const place: Place = {
    tenant: seed.advocate.tenants.test.alias,
    account: stripe.state.accountId,
    browsers: [
      { id: uuid(), name: 'Mara’s Chrome', role: 'admin' },
      { id: uuid(), name: 'Jonas’ Edge', role: 'admin' },
      { id: uuid(), name: 'Support desk, Firefox', role: 'support' },
    ],
  };
  const booked: Map<string, Booked> = bookYear(year, stripe.state, place.tenant, (planned) =>
    ledgerRow(planned, place, undefined),
  );
  const rowOf = (planned: Planned) => ledgerRow(planned, place, booked.get(planned.reward.id));
  const ledger = year.planned.flatMap((planned) => rowOf(planned) ?? []);
  const rows = new Map(ledger.map((row) => [row.reward, row]));
  const reversals = year.planned.flatMap((planned) => {
    const row = rows.get(planned.reward.id);
    return row === undefined ? [] : (reversalRow(planned, row, place, booked.get(row.reward)) ?? []);
  });
  const told = year.planned.flatMap((planned) => toldRow(planned) ?? []);
  const audit = auditOf(year, place, (planned) => rows.get(planned.reward.id) ?? null, booked);
  stripe.connect('test');

  await db.transaction().execute(async (tx) => {
    const insert = async <
      T extends 'ledger' | 'reversals' | 'told' | 'days' | 'audit' | 'links' | 'browsers',
    >(
      table: T,
      all: Parameters<ReturnType<typeof tx.insertInto<T>>['values']>[0] & readonly object[],
    ) => {
      for (let from = 0; from < all.length; from += ROWS_AT_ONCE)
        await tx
          .insertInto(table)
          .values(all.slice(from, from + ROWS_AT_ONCE) as typeof all)
          .execute();
    };
    await insert(
      'browsers',
      place.browsers.map((browser, i) => ({
        ...browser,
        token_hash: random.hex(64),
        paired_at: now - 366 * DAY,
        last_seen_at: now - i * 3 * 3_600_000,
        revoked_at: null,
      })),
    );
    await insert('ledger', ledger);
    await insert('reversals', reversals);
    await insert('told', told);
    await insert('days', daysRows(ledger, reversals));
    await insert('audit', audit.rows);
    await insert(
      'links',
      year.participants.map(({ accountId, id, customFields }) => ({
        mode: 'test' as const,
        account_id: accountId,
        user_id: id,
        customer: customFields?.stripeCustomerId === undefined ? null : String(customFields.stripeCustomerId),
        seq: 0,
        watched: customFields?.stripeCustomerId === undefined ? 1 : 0,
        checked_at: now,
      })),
    );
    const [admin] = place.browsers;
    const caps = { USD: { perCredit: USD_CAP, perDay: null } };
    const body = JSON.stringify({ units: YEAR_UNITS, paused: false, currencyRule: 'confirm', caps });
    const changed = { changed_by: admin.id, changed_at: now - 365 * DAY, turned_on_at: now - 365 * DAY };
    await tx
      .insertInto('settings')
      .values({ mode: 'test', version: 1, body, backfill: '{}', ...changed })
      .execute();
    await tx
      .insertInto('connections')
      .values({
        mode: 'test',
        account: place.account,
        account_name: seed.stripe.account.name,
        connected_at: now - 366 * DAY,
        connected_by: admin.id,
        broken: null,
      })
      .execute();
    await tx
      .insertInto('leases')
      .values({ mode: 'test', browser: admin.id, until: now + 30_000, last_run_at: now - 40_000 })
      .execute();
    const facts = {
      born_at: String(now - 400 * DAY),
      alive_at: String(now),
      audit_head: JSON.stringify(audit.head),
    };
    for (const [name, value] of Object.entries(facts))
      await tx
        .insertInto('facts')
        .values({ name, value })
        .onConflict((c) => c.column('name').doUpdateSet({ value }))
        .execute();
  });
}
