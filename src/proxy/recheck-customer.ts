/** Stripe says that a customer changed: the rewards of whoever is linked to it come into every browser's next page. */
import type { Transaction } from 'kysely';
import type { Mode } from '../contract/words.ts';
import { clockOf, type Database, serialise, type Tables } from './database.ts';

/** Whether anybody is linked to it, as far as the proxy has seen. */
export async function concerns(db: Database, mode: Mode, customer: string): Promise<boolean> {
  const row = await db
    .selectFrom('links')
    .select('user_id')
    .where('mode', '=', mode)
    .where('customer', '=', customer)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Nothing is decided here. What an earlier attempt found out about this customer is not said any more, so its rewards
 * count as ready, and the next attempt asks Stripe what has become of it.
 */
export async function recheck(
  db: Database,
  tx: Transaction<Tables>,
  mode: Mode,
  customer: string,
): Promise<void> {
  // Places are given in the order of the commits, as for links that were changed.
  await serialise(tx, 'link changes');
  const linked = await tx
    .selectFrom('links')
    .select(['account_id', 'user_id'])
    .where('mode', '=', mode)
    .where('customer', '=', customer)
    .execute();
  for (const { account_id, user_id } of linked) {
    const { seq } = await tx
      .insertInto('link_changes')
      .values({ at: clockOf(db) })
      .returning('seq')
      .executeTakeFirstOrThrow();
    await tx
      .updateTable('links')
      .set({ seq })
      .where('mode', '=', mode)
      .where('account_id', '=', account_id)
      .where('user_id', '=', user_id)
      .execute();
  }
  await tx
    .updateTable('told')
    .set({ at: 0 })
    .where('mode', '=', mode)
    .where('customer', '=', customer)
    .execute();
}
