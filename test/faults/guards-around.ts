/** The guards around it: queue, drain, access, roles. */
import { type Guard, guardsIn } from './guards.ts';

const PROCESSES = 'test/faults/processes.test.ts';
const ACCESS = 'test/faults/access.test.ts';
const DEAUTHORIZED = 'test/faults/deauthorized.test.ts';
const OAUTH = 'test/faults/oauth.test.ts';
const QUEUE = 'test/unit/queue.test.ts';
const DRAIN = 'test/unit/drain.test.ts';
const WHO = 'test/proxy/who-may-ask.test.ts';

export const AROUND = (): Guard[] => [
  ...guardsIn('src/background/queue-db.ts', [
    [
      'on the disk before it counts',
      "{ durability: 'strict' }",
      "{ durability: 'relaxed' }",
      QUEUE,
      'strictly',
    ],
  ]),
  ...guardsIn('src/background/queue.ts', [
    [
      'lease: what a dead worker held comes back',
      'leasedUntil: at + LEASE_MS };',
      'leasedUntil: at + LEASE_MS * 99 };',
      QUEUE,
      'lease',
    ],
    [
      'only the holder gives rows back',
      'if (!before || before.leasedBy !== boot) continue;',
      'if (!before) continue;',
      QUEUE,
      'give rows back',
    ],
  ]),
  ...guardsIn('src/background/drain.ts', [
    ['a dead worker’s rows are taken back at once', 'await queue.takeBack();', '', DRAIN, 'dead worker'],
    [
      'Web Lock: one live drain in a browser',
      '{ ifAvailable: true }',
      "{ ifAvailable: true, mode: 'shared' }",
      PROCESSES,
      'F20',
    ],
    ['unanswered is unknown, not refused', ' && !(error instanceof Unanswered)', '', DRAIN],
    [
      'who has no lease credits nothing',
      "result.skipped = (await holdsLease()) ? blocked : 'lease_taken';",
      'result.skipped = blocked;',
      PROCESSES,
      'F20',
    ],
  ]),
  ...guardsIn('src/background/queue-row.ts', [
    [
      'only an outcome settles what is being credited',
      "if (state === 'crediting' || state === 'credited') return row;",
      '',
      QUEUE,
      'page',
    ],
    [
      'a late line takes nothing back',
      'if (row.state !== state && !canMove(row.state, state)) return row;',
      '',
      QUEUE,
      'late line',
    ],
  ]),
  ...guardsIn('src/proxy/connections.ts', [
    ['OAuth state: works once', "        .where('used_at', 'is', null)\n", '', OAUTH],
    ['OAuth state: in time', "        .where('expires_at', '>', clockOf(db))\n", '', OAUTH],
    ['OAuth state: of a browser that is still an admin’s', ' || !(await isAdmin(state.browser))', '', OAUTH],
    [
      'OAuth: the account is of the mode that was asked for',
      ' || granted.livemode !== (state.mode ===',
      ' && granted.livemode !== (state.mode ===',
      OAUTH,
    ],
    [
      'a late refusal is of the account that it names',
      "          .where('account', '=', account)\n",
      '',
      ACCESS,
      'former account',
    ],
    [
      'another account’s access ends with the change',
      'if (connection?.account !== account) return',
      "if (account === '') return",
      DEAUTHORIZED,
    ],
  ]),
  ...guardsIn('src/proxy/stripe-webhook.ts', [
    [
      'webhook: the signature',
      'Stripe.webhooks.constructEvent(',
      '((text: string): Stripe.Event => JSON.parse(text))(',
      DEAUTHORIZED,
    ],
    ['webhook: how old the signature is', 'TOLERANCE_S = 300', 'TOLERANCE_S = 9e9', DEAUTHORIZED],
    [
      'webhook: a test secret says nothing of live',
      "if (event.livemode && by === 'test') return null;",
      '',
      DEAUTHORIZED,
    ],
    ['webhook: the same event once', 'if (await wasHeard(db, event.id)) return null;', '', DEAUTHORIZED],
    [
      'webhook: only what takes access back',
      "event.type !== 'account.application.deauthorized' || ",
      '',
      DEAUTHORIZED,
    ],
    [
      'webhook: broken before it is answered',
      'await connections.markBroken(mode',
      'void (mode',
      DEAUTHORIZED,
    ],
  ]),
  ...guardsIn('src/proxy/routes/common.ts', [
    [
      'roles: money is for admins',
      "if (c.var.browser.role !== 'admin')",
      "if (c.var.browser.id === '')",
      WHO,
      'support',
    ],
  ]),
  ...guardsIn('src/proxy/settings.ts', [
    [
      'settings: only over the version that was read',
      "            .where('version', '=', version)\n",
      '',
      WHO,
      'save at once',
    ],
  ]),
];
