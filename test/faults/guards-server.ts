/** The guards of a proxy that strangers can reach: it stops without losing anything, and takes on no more than it can. */
import { type Guard, guardsIn } from './guards.ts';

const VITALS = 'test/proxy/vitals.test.ts';
const STOPPING = 'test/proxy/stopping.test.ts';
const DRAIN = 'test/proxy/drain.test.ts';

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
      'return batch.isStopping?.() ? later(batch, id) : outcomeOf(batch, context, id);',
      'return outcomeOf(batch, context, id);',
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
  ...guardsIn('src/proxy/drainer.ts', [
    [
      'a server that drains never passes for the last admin',
      "role: 'support' };",
      "role: 'admin' };",
      DRAIN,
      'last admin',
    ],
    [
      'a server that was removed sends nothing',
      '(await pairing.isPaired(me.id)) ? { browser: asAdmin, due: false } : null',
      'asAdmin',
      DRAIN,
      'removed from the team',
    ],
    [
      'a server that stops leaves the lease to the next',
      'await parts.leases.drop(me.id);',
      '',
      DRAIN,
      'leaves the lease',
    ],
  ]),
  ...guardsIn('src/proxy/drain-queue.ts', [
    [
      'what is not kept is read again when its cause goes',
      "if (idle.delete(reason)) remember('news', null);",
      'idle.delete(reason);',
      DRAIN,
      'was not kept',
    ],
  ]),
  ...guardsIn('src/proxy/trace.ts', [
    ['an id is one of ours', '&& UUID.test(requestId)', '', VITALS, 'not taken over'],
  ]),
];
