/** What is lost of a mode's connections. Lost is what was definitely taken away: no answer says nothing. */
import type { Mode } from '../contract/words.ts';
import type { LostSubject } from './alert-words.ts';
import type { Connections } from './connections.ts';
import { type Database, databaseNow } from './database.ts';
import type { Probe } from './probe.ts';

/** `lost` is null where it could not be found out; `at`: when it was asked, by the database's clock. */
export type Lost = { subject: LostSubject; lost: boolean | null; at: number };

export function lostIn(
  db: Database,
  probe: (mode: Mode) => Promise<Probe>,
  { status }: Pick<Connections, 'status'>,
) {
  return async (mode: Mode): Promise<Lost[]> => {
    const at = await databaseNow(db);
    const { via, broken } = await status(mode);
    const probed = await probe(mode);
    return [
      via === 'connect'
        ? { subject: 'stripe', lost: broken !== null, at }
        : { subject: 'stripe', lost: lostByKey(probed), at: probed.at },
      { subject: 'advocate', lost: lostAtAdvocate(probed), at: probed.at },
    ];
  };
}

function lostAtAdvocate({ advocate }: Probe): boolean | null {
  if (advocate === null || !('failure' in advocate)) return false;
  return advocate.failure === 'refused_key' ? true : null;
}

/** A restricted key that was taken away may read nothing any more. */
function lostByKey({ stripe, permissions }: Probe): boolean | null {
  if (stripe === null || stripe.failure === null) return permissions.customers === false;
  return stripe.failure === 'revoked' ? true : null;
}
