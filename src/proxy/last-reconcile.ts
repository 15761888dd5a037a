/** How the last comparison of a mode ended, kept for whoever did not start it. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { GOOD_FINDINGS, type ReconcileLine } from '../contract/reconciliation.ts';
import type { Mode } from '../contract/words.ts';
import type { Database } from './database.ts';

/** `digest` tells these differences from others, in whatever order they were found. */
const Last = v.object({ at: v.number(), differences: v.number(), digest: v.string() });
export type LastReconcile = v.InferOutput<typeof Last>;

const nameOf = (mode: Mode) => `reconciled ${mode}`;

export function createDifferences() {
  const together = Buffer.alloc(32);
  let differences = 0;
  return {
    add({ finding, reward, customer, credit }: ReconcileLine): void {
      if (GOOD_FINDINGS.includes(finding)) return;
      differences += 1;
      const one = createHash('sha256')
        .update(JSON.stringify([finding, reward, customer, credit]))
        .digest();
      for (const [i, byte] of one.entries()) together[i] = (together[i] ?? 0) ^ byte;
    },
    result: () => ({ differences, digest: together.toString('hex').slice(0, 16) }),
  };
}

export async function noteReconciled(db: Database, mode: Mode, last: LastReconcile): Promise<void> {
  const value = JSON.stringify(last);
  await db
    .insertInto('facts')
    .values({ name: nameOf(mode), value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}

export async function readReconciled(db: Database, mode: Mode): Promise<LastReconcile | null> {
  const row = await db
    .selectFrom('facts')
    .select('value')
    .where('name', '=', nameOf(mode))
    .executeTakeFirst();
  return row === undefined ? null : v.parse(Last, JSON.parse(row.value));
}
