/** What our ledger really says to a database while it claims one reward, to be said again without it. */
import Sqlite from 'better-sqlite3';
import { PostgresDialect, SqliteDialect } from 'kysely';
import pg from 'pg';
import { databaseOver } from '../src/proxy/database.ts';
import { type Claim, createLedger } from '../src/proxy/ledger.ts';

export type Statement = { sql: string; parameters: readonly unknown[] };

export const claimAt = (i: number): Claim => ({
  account_id: `account-${i}`,
  user_id: `account-${i}`,
  unit: 'STRIPE/USD',
  stripe_account: 'acct_1Bench',
  customer: 'cus_Bench000000000',
  amount: 1250,
  currency: 'USD',
  redeem_amount: 1250,
  redeemed_before: 0,
  earned_at: 1,
  parameters: JSON.stringify({ amount: 1250, currency: 'USD', description: 'Advocate reward, STRIPE/USD' }),
});

export async function recordOnSqlite(file: string, reward: string): Promise<Statement[]> {
  const said: Statement[] = [];
  const sqlite = new Sqlite(file);
  const prepare = sqlite.prepare.bind(sqlite);
  sqlite.prepare = ((sql: string) => {
    const statement = prepare(sql);
    const noted =
      <A extends unknown[], R>(run: (...args: A) => R) =>
      (...args: A): R => {
        said.push({ sql, parameters: (args[0] as unknown[] | undefined) ?? [] });
        return run(...args);
      };
    statement.run = noted(statement.run.bind(statement));
    statement.all = noted(statement.all.bind(statement));
    return statement;
  }) as typeof sqlite.prepare;
  const db = databaseOver(new SqliteDialect({ database: sqlite }));
  await createLedger(db, 'test', 'bench').claim(reward, claimAt(0), 'bench', null);
  await db.destroy();
  return said;
}

export async function recordOnPostgres(url: string, reward: string): Promise<Statement[]> {
  const said: Statement[] = [];
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = ((sql: string, parameters?: unknown[]) => {
      if (typeof sql === 'string') said.push({ sql, parameters: parameters ?? [] });
      return query(sql, parameters);
    }) as typeof client.query;
  });
  const db = databaseOver(new PostgresDialect({ pool }));
  await createLedger(db, 'test', 'bench').claim(reward, claimAt(0), 'bench', null);
  await db.destroy();
  return said;
}

/** The same statements about another reward. */
export const about = (statements: readonly Statement[], recorded: string, reward: string): Statement[] =>
  statements.map(({ sql, parameters }) => ({
    sql,
    parameters: parameters.map((one) => (typeof one === 'string' ? one.replaceAll(recorded, reward) : one)),
  }));
