/** The guards of a proxy that strangers can reach: it stops without losing anything, and takes on no more than it can. */
import { type Guard, guardsIn } from './guards.ts';

const VITALS = 'test/proxy/vitals.test.ts';
const STOPPING = 'test/proxy/stopping.test.ts';

export const SERVER = (): Guard[] => [
  ...guardsIn('src/proxy/work.ts', [
    [
      'no more is taken on than there are places',
      'if (count >= most)',
      'if (count > most * 99)',
      VITALS,
      'sent away',
    ],
    [
      'one that stops takes on nothing',
      'if (work.isStopping()) throw',
      'if (false) throw',
      VITALS,
      'stopped',
    ],
  ]),
  ...guardsIn('src/proxy/credit-batch.ts', [
    [
      'one that stops begins no other reward',
      'if (batch.isStopping?.()) return tell(later(batch, id));',
      '',
      STOPPING,
      'SIGTERM',
    ],
  ]),
  ...guardsIn('src/proxy/routes/rewards.ts', [
    [
      'what goes on without anybody who listens is waited for',
      'await underWay.track(() => all);',
      'await all;',
      STOPPING,
      'whoever asked is gone',
    ],
  ]),
  ...guardsIn('src/proxy/trace.ts', [
    ['an id is one of ours', '&& UUID.test(requestId)', '', VITALS, 'not taken over'],
  ]),
];
