/** The guards around it: queue, drain, access, roles. */
import { type Entry, type Guard, guardsIn } from './guards.ts';

const PROCESSES = 'test/faults/processes.test.ts';
const ACCESS = 'test/faults/access.test.ts';
const DEAUTHORIZED = 'test/faults/deauthorized.test.ts';
const OAUTH = 'test/faults/oauth.test.ts';
const QUEUE = 'test/unit/queue.test.ts';
const DRAIN = 'test/unit/drain.test.ts';
const WHO = 'test/proxy/who-may-ask.test.ts';

/** What each of the three verbs of a person does just before it keeps the wish. */
const kept = (before: string): [string, string] => [
  `${before}\n        await remember(ASKED, alsoAskedFor(await meta(ASKED), reward));`,
  before,
];
const WISHES = {
  release: kept("await save(before, toReady(before, 'retry', 'person'));"),
  confirmCurrency: kept(
    "await save(before, { ...toReady(before, 'currency_confirmed', 'person'), confirmedCurrency: true });",
  ),
  releaseCap: kept(
    "await save(before, { ...toReady(before, 'cap_released', 'person'), releasedCap: true });",
  ),
};

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
    [
      'without the lease: only what is due of what was begun',
      '...begun.filter(({ dueAt }) => dueAt !== null && (dueAt <= at || dueAt > at + LONGEST_WAIT_MS)),',
      '...begun,',
      QUEUE,
      'is begun once',
    ],
    [
      'without the lease: what a person asked for here',
      "if (row?.state === 'ready') begun.push(row);",
      '',
      QUEUE,
      'is begun once',
    ],
    [
      'a person’s wish is one try',
      'if (left.length < asked.length)',
      'if (left.length < 0)',
      QUEUE,
      'is begun once',
    ],
    [
      'a wish is kept until it was tried',
      "if ((await find(reward))?.state === 'ready') left.push(reward);",
      '{}',
      QUEUE,
      'what a person asked for is begun',
    ],
    ...(['release', 'confirmCurrency', 'releaseCap'] as const).map(
      (word): Entry => [`the wish is kept: ${word}`, ...WISHES[word], QUEUE, 'is begun once'],
    ),
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
    [
      'who has no lease begins nothing',
      "result.skipped === null ? 'due' : 'begun'",
      "'due'",
      DRAIN,
      'without the lease',
    ],
    [
      'who has no lease finishes what was begun',
      'const claimed = await queue.claim(BATCH,',
      'if (result.skipped !== null) return;\n    const claimed = await queue.claim(BATCH,',
      DRAIN,
      'without the lease',
    ],
    [
      'what was heard is settled before it ends',
      'await Promise.allSettled(begun);',
      '',
      DRAIN,
      'on the disk',
    ],
    ['what the disk refuses does not count', 'await Promise.all(begun);', '', DRAIN, 'the disk refuses'],
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
    [
      'one release of a cap, one answer',
      "releasedCap: row.releasedCap === true && state === 'waiting',",
      'releasedCap: row.releasedCap === true,',
      QUEUE,
      'one release',
    ],
    [
      'one agreement to a currency, one answer',
      "confirmedCurrency: row.confirmedCurrency && state === 'waiting',",
      '',
      QUEUE,
      'confirmed currency',
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
      'Stripe.webhooks.constructEventAsync(',
      '((text: Buffer): Stripe.Event => JSON.parse(String(text)))(',
      DEAUTHORIZED,
    ],
    ['webhook: how old the signature is', 'TOLERANCE_S = 300', 'TOLERANCE_S = 9e9', DEAUTHORIZED],
    [
      'webhook: a test secret says nothing of live',
      "if (event.livemode && by === 'test') return null;",
      '',
      DEAUTHORIZED,
    ],
    [
      'webhook: the same event once',
      'account === null || (await wasHeard(db, webhook))',
      'account === null',
      DEAUTHORIZED,
    ],
    [
      'webhook: only what takes access back',
      "event.type === 'account.application.deauthorized'",
      'event.type.length > 0',
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
