/** Who may ask: one-time codes become bearer tokens, each with a role. Only hashes are kept. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { ProblemError } from '../contract/problems.ts';
import type { Role } from '../contract/words.ts';
import { type Actor, append } from './audit.ts';
import { clockOf, type Database, databaseNow, serialise } from './database.ts';
import { hash, issueToken, presentToken, renewToken, revokeCopied } from './tokens.ts';
import { createGate, forgetWrongCodes, noteWrongCode, refuseWhoGuesses } from './wrong-codes.ts';

export type Browser = { id: string; name: string; role: Role };
export type Pairing = ReturnType<typeof createPairing>;

const CODE_MS = 15 * 60_000;
/** Without letters and digits that are mistaken for each other. 12 of 32 signs: 60 bits for a quarter of an hour. */
export const SIGNS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** A token's last use is written down this often at most, so that reading stays reading. */
const SEEN_EVERY_MS = 60_000;

/** Ties an invitation to the browser that used it, and helps nobody to guess the code. */
const nameOfCode = (code: string) => `code ${hash(code).slice(0, 12)}`;

/** In place of a name that is not kept any more. */
export const REMOVED_BROWSER = 'a browser that was removed';

export function createPairing(
  db: Database,
  now: () => number,
  onCopied: (browser: Browser) => void = () => undefined,
  sleep: (ms: number) => Promise<void> = (ms) => sleepFor(ms),
) {
  const gate = createGate(sleep);

  /** @param actor the admin whose browser asks; null on the proxy's own command line. */
  async function invitation(role: Role, actor: Actor): Promise<{ code: string; until: number }> {
    const signs = Array.from({ length: 12 }, () => SIGNS[randomInt(SIGNS.length)]).join('');
    const code = `${signs.slice(0, 4)}-${signs.slice(4, 8)}-${signs.slice(8)}`;
    const until = await db.transaction().execute(async (tx) => {
      const expires = (await databaseNow(tx)) + CODE_MS;
      await tx
        .insertInto('codes')
        .values({ hash: hash(code), role, expires_at: expires, used_at: null })
        .execute();
      const after = { role, ...(actor === null && { by: 'command line' }) };
      await append(tx, { actor, mode: null, action: 'invited', subject: nameOfCode(code), after });
      return expires;
    });
    return { code, until };
  }

  /** As it is known by now; null once it was removed. */
  async function find(browserId: string): Promise<Browser | null> {
    const found = await db
      .selectFrom('browsers')
      .select(['id', 'name', 'role'])
      .where('id', '=', browserId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return found ?? null;
  }

  return {
    invite: async (role: Role): Promise<string> => (await invitation(role, null)).code,
    invitation,

    /** @param address whose it is, by which wrong codes are counted. */
    async pair(typed: string, browserName: string, address: string): Promise<Browser & { token: string }> {
      // Before anything is locked or waited for, so that whoever guesses costs little.
      await refuseWhoGuesses(db, address);
      const code = typed.trim().toUpperCase();
      const paired = await gate(db, () =>
        db.transaction().execute(async (tx) => {
          // One after the other: many at once would all find that they are not too many yet.
          await serialise(tx, 'pairing');
          await refuseWhoGuesses(tx, address);
          await forgetWrongCodes(tx);
          const used = await tx
            .updateTable('codes')
            .set({ used_at: now() })
            .where('hash', '=', hash(code))
            .where('used_at', 'is', null)
            .where('expires_at', '>', clockOf(db))
            .returning('role')
            .executeTakeFirst();
          if (used === undefined) {
            await noteWrongCode(tx, address);
            return null;
          }
          const { role } = used;
          const browser = { id: randomUUID(), name: browserName, role };
          const { token } = await issueToken(tx, browser.id);
          await tx
            .insertInto('browsers')
            .values({
              ...browser,
              token_hash: hash(token),
              paired_at: now(),
              last_seen_at: now(),
              revoked_at: null,
            })
            .execute();
          const after = { role, code: nameOfCode(code) };
          await append(tx, { actor: browser, mode: null, action: 'paired', subject: browser.id, after });
          return { ...browser, token };
        }),
      );
      if (paired === null) {
        throw new ProblemError('code_invalid', {
          action: 'Ask for a new code: npm run proxy -- invite --role admin',
        });
      }
      return paired;
    },

    /** `due`: its token is to be traded for a new one. */
    async browserOf(token: string): Promise<{ browser: Browser; due: boolean } | null> {
      const presented = await presentToken(db, token);
      if (presented.state === 'copied') {
        await revokeCopied(db, presented.holder);
        onCopied(presented.holder);
      }
      if (presented.state !== 'good') return null;
      const { id, name, role, lastSeenAt } = presented.holder;
      if (lastSeenAt < now() - SEEN_EVERY_MS)
        await db.updateTable('browsers').set({ last_seen_at: now() }).where('id', '=', id).execute();
      return { browser: { id, name, role }, due: presented.due };
    },

    renew: (browserId: string) => renewToken(db, browserId),

    find,

    isPaired: async (browserId: string): Promise<boolean> => (await find(browserId)) !== null,

    async revoke(browserId: string, actor: Actor): Promise<void> {
      await db.transaction().execute(async (tx) => {
        const revoked = await tx
          .updateTable('browsers')
          .set({ revoked_at: now() })
          .where('id', '=', browserId)
          .where('revoked_at', 'is', null)
          .returning('role')
          .executeTakeFirst();
        if (revoked !== undefined)
          await append(tx, { actor, mode: null, action: 'unpaired', subject: browserId, before: revoked });
      });
    },

    async nameOf(browserId: string): Promise<string> {
      const found = await db
        .selectFrom('browsers')
        .select('name')
        .where('id', '=', browserId)
        .executeTakeFirst();
      return found?.name ?? REMOVED_BROWSER;
    },
  };
}
