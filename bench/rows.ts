/** Every row, in the order of the table. */
import { claimSettle } from './claim-settle.ts';
import { contentOther } from './content-other.ts';
import { contentParticipant } from './content-participant.ts';
import { dashboard100k } from './dashboard-100k.ts';
import { drainFree } from './drain-free.ts';
import { drainGrowth } from './drain-growth.ts';
import { drainLimited25, drainLimited100 } from './drain-limited.ts';
import { earnedToCredited } from './earned-to-credited.ts';
import { enqueue } from './enqueue.ts';
import { ledger, ledgerOnPostgres } from './ledger.ts';
import { popup } from './popup.ts';
import { proxyOverhead } from './proxy-overhead.ts';
import { recogniserRow } from './recogniser.ts';
import { reconcile100k } from './reconcile-100k.ts';
import type { Row } from './row.ts';
import { sizes } from './sizes.ts';

export const ROWS: readonly Row[] = [
  drainLimited25,
  drainLimited100,
  drainFree,
  drainGrowth,
  enqueue,
  claimSettle,
  proxyOverhead,
  ledger,
  ledgerOnPostgres,
  earnedToCredited,
  contentOther,
  contentParticipant,
  popup,
  dashboard100k,
  sizes,
  reconcile100k,
  recogniserRow,
];
