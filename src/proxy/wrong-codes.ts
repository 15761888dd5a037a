/**
 * Who guesses pairing codes, counted in the database for all proxies on it. What keeps guesses out is the code itself: 60
 * bits for a quarter of an hour. This keeps them few, and a stranger's wrong codes from shutting out anybody's right one:
 * refused is only who guesses, by address; where very many do, everybody is asked to wait a second, and nobody is refused
 * before so many wait that the proxy would be kept from its work.
 */
import { type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import { ProblemError } from '../contract/problems.ts';
import { clockOf, type Database, type Tables } from './database.ts';

/** A wrong code; gone a minute later, when the next code comes. */
export type WrongCodeTable = { address: string; at: number };

const WINDOW_MS = 60_000;
export const FROM_ONE_ADDRESS = 10;
/** From so many on, from all addresses together, each waits. */
export const SLOW_FROM = 100;
export const SLOW_MS = 1_000;
/** So many at once at one proxy, at most: once each waits, no more than this a second are guessed there. */
export const MOST_AT_ONCE = 256;

export const tooMany = () =>
  new ProblemError('too_many_attempts', { action: 'Wait a minute, then try again.' });

const since = (db: Database) => sql<number>`${clockOf(db)} - ${sql.lit(WINDOW_MS)}`;
const lately = (db: Database) => db.selectFrom('wrong_codes').select('at').where('at', '>', since(db));

/** Counts no further than it has to. */
const reaches = async (rows: SelectQueryBuilder<Tables, 'wrong_codes', { at: number }>, many: number) =>
  (await rows.limit(many).execute()).length >= many;

/** @throws ProblemError where this address has guessed too often within a minute. */
export async function refuseWhoGuesses(db: Database, address: string): Promise<void> {
  if (await reaches(lately(db).where('address', '=', address), FROM_ONE_ADDRESS)) throw tooMany();
}

export const areMany = (db: Database): Promise<boolean> => reaches(lately(db), SLOW_FROM);

export async function noteWrongCode(tx: Transaction<Tables>, address: string): Promise<void> {
  await tx
    .insertInto('wrong_codes')
    .values({ address, at: clockOf(tx) })
    .execute();
}

export async function forgetWrongCodes(tx: Transaction<Tables>): Promise<void> {
  await tx.deleteFrom('wrong_codes').where('at', '<=', since(tx)).execute();
}

/** Codes pass here. Where very many guess each waits; whether one is right is not known yet, so waiting tells nobody. */
export function createGate(sleep: (ms: number) => Promise<void>) {
  let inside = 0;
  return async <T>(db: Database, look: () => Promise<T>): Promise<T> => {
    if (inside >= MOST_AT_ONCE) throw tooMany();
    inside += 1;
    try {
      if (await areMany(db)) await sleep(SLOW_MS);
      return await look();
    } finally {
      inside -= 1;
    }
  };
}
