/** Who may ask: one-time codes become bearer tokens, each with a role. Only hashes are kept. */
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { ProblemError } from '../contract/problems.ts';
import type { Role } from '../contract/words.ts';
import type { Database } from './database.ts';

export type Browser = { id: string; name: string; role: Role };
export type Pairing = ReturnType<typeof createPairing>;

const CODE_MS = 15 * 60_000;
/** Without letters and digits that are mistaken for each other. 12 of 31 signs: 59 bits for a quarter of an hour. */
const SIGNS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'.replace('I', '');
const ATTEMPTS_A_MINUTE = 20;
/** A token's last use is written down this often at most, so that reading stays reading. */
const SEEN_EVERY_MS = 60_000;

export const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');

export function createPairing(db: Database, now: () => number) {
  let attempts: number[] = [];

  return {
    async invite(role: Role): Promise<string> {
      const signs = Array.from({ length: 12 }, () => SIGNS[randomInt(SIGNS.length)]).join('');
      const code = `${signs.slice(0, 4)}-${signs.slice(4, 8)}-${signs.slice(8)}`;
      await db
        .insertInto('codes')
        .values({ hash: hash(code), role, expires_at: now() + CODE_MS, used_at: null })
        .execute();
      return code;
    },

    async pair(typed: string, browserName: string): Promise<Browser & { token: string }> {
      attempts = attempts.filter((at) => at > now() - 60_000);
      if (attempts.length >= ATTEMPTS_A_MINUTE)
        throw new ProblemError('too_many_attempts', { action: 'Wait a minute, then try again.' });
      const code = typed.trim().toUpperCase();
      const used = await db
        .updateTable('codes')
        .set({ used_at: now() })
        .where('hash', '=', hash(code))
        .where('used_at', 'is', null)
        .where('expires_at', '>', now())
        .returning('role')
        .executeTakeFirst();
      if (used === undefined) {
        attempts.push(now());
        throw new ProblemError('code_invalid', {
          action: 'Ask for a new code: npm run proxy -- invite --role admin',
        });
      }
      const token = randomBytes(32).toString('base64url');
      const browser = { id: randomUUID(), name: browserName, role: used.role };
      await db
        .insertInto('browsers')
        .values({
          ...browser,
          token_hash: hash(token),
          paired_at: now(),
          last_seen_at: now(),
          revoked_at: null,
        })
        .execute();
      return { ...browser, token };
    },

    async browserOf(token: string): Promise<Browser | null> {
      const found = await db
        .selectFrom('browsers')
        .select(['id', 'name', 'role', 'last_seen_at'])
        .where('token_hash', '=', hash(token))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (found === undefined) return null;
      if (found.last_seen_at < now() - SEEN_EVERY_MS)
        await db.updateTable('browsers').set({ last_seen_at: now() }).where('id', '=', found.id).execute();
      return { id: found.id, name: found.name, role: found.role };
    },

    async revoke(browserId: string): Promise<void> {
      await db
        .updateTable('browsers')
        .set({ revoked_at: now() })
        .where('id', '=', browserId)
        .where('revoked_at', 'is', null)
        .execute();
    },

    async nameOf(browserId: string): Promise<string> {
      const found = await db
        .selectFrom('browsers')
        .select('name')
        .where('id', '=', browserId)
        .executeTakeFirst();
      return found?.name ?? 'a browser that was removed';
    },
  };
}
