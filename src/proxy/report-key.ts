/** The key that signs reports: made when it is first needed, kept in the database, the same for all its proxies. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { Database } from './database.ts';

const NAME = 'report_key';

export type ReportKey = { privateKey: KeyObject; publicKey: KeyObject };

export async function readReportKey(db: Database): Promise<ReportKey> {
  const stored = await storedKey(db);
  if (stored !== undefined) return stored;
  const made = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  await db
    .insertInto('facts')
    .values({ name: NAME, value: made.toString('base64') })
    .onConflict((c) => c.column('name').doNothing())
    .execute();
  // Another proxy may have been quicker: then its key is the one.
  const key = await storedKey(db);
  if (key === undefined) throw new Error('The key for signing reports could not be kept in the database.');
  return key;
}

async function storedKey(db: Database): Promise<ReportKey | undefined> {
  const row = await db.selectFrom('facts').select('value').where('name', '=', NAME).executeTakeFirst();
  if (row === undefined) return undefined;
  const der = Buffer.from(row.value, 'base64');
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

export const derOf = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });

/** What people compare: SHA-256 of the public key, in groups that can be read aloud. */
export function fingerprintOf(publicKey: KeyObject): string {
  const hex = createHash('sha256').update(derOf(publicKey)).digest('hex');
  return (hex.match(/.{4}/g) ?? []).join('-');
}

export const isFingerprint = (text: string) => /^[0-9a-f]{64}$/.test(bare(text));
export const sameFingerprint = (a: string, b: string) => bare(a) === bare(b);
const bare = (text: string) => text.toLowerCase().replace(/[-:\s]/g, '');
