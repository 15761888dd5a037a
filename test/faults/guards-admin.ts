/** The guards of the admin's desk: what is told of money, who is in the team, and that a team is told once. */
import { type Guard, guardsIn } from './guards.ts';
import { ALERTS } from './guards-alerts.ts';
import { HOLDS } from './guards-holds.ts';

const LANDING = 'test/unit/landing.test.ts';
const LANDED = 'test/proxy/landing.test.ts';
const TEAM = 'test/proxy/team.test.ts';
const WHO = 'test/proxy/who-may-ask.test.ts';
const QUEUE = 'test/unit/queue-holds.test.ts';
const NOTIFY = 'test/unit/background-notify.test.ts';
const UPGRADE = 'test/unit/queue-upgrade.test.ts';
const OVERVIEW = 'test/proxy/overview.test.ts';
const LEDGER = 'test/proxy/ledger-page.test.ts';
const HEALTH = 'test/proxy/health.test.ts';

export const ADMIN = (): Guard[] => [
  ...HOLDS(),
  ...guardsIn('src/proxy/landing.ts', [
    [
      'the oldest credit is used first',
      'for (const lot of lots) {\n        if (debt.open',
      'for (const lot of lots.toReversed()) {\n        if (debt.open',
      LANDING,
    ],
    [
      'a voided invoice gives back to whom it took from',
      "if (type === 'unapplied_from_invoice' && invoice !== null) giveBack(invoice, -amount);\n        else lots",
      'lots',
      LANDING,
      'voided',
    ],
    [
      'what is taken back is taken from its own credit',
      "if (own !== undefined) open -= take(own, open, { ...use, kind: 'taken_back' });",
      '',
      LANDING,
      'taken back',
    ],
    ['what was there before is older', 'if (before < 0) lots.push(lotOf(BEFORE, -before));', '', LANDING],
    [
      'a debt is paid first',
      'if (before > 0)\n    debts.push',
      'if (before > Infinity)\n    debts.push',
      LANDING,
    ],
  ]),
  ...guardsIn('src/proxy/read-landing.ts', [
    ['a customer is read once', 'known?.since === since', 'known?.since === -1', LANDED, 'read once'],
    ['a page that is opened again asks nobody', 'const FRESH_MS = 15_000;', 'const FRESH_MS = 0;', LANDED],
    [
      'a credit of another account is not looked for in this one',
      "  if (row.stripe_account !== stripe.account) return unknown('other_account');\n",
      '',
      LANDED,
      'nobody can know',
    ],
    [
      'who asks at once waits for one answer',
      'return context.oneAtATime(name, async () => {',
      'return ((_: string, work: () => Promise<Map<string, Lot> | null>) => work())(name, async () => {',
      LANDED,
      'ten people',
    ],
  ]),
  ...guardsIn('src/proxy/known.ts', [
    [
      'a batch ends with the token that it came with',
      'if (!(await context.isPaired()))',
      'if (await context.isPaired().then(() => false))',
      TEAM,
      'claims nothing more',
    ],
  ]),
  ...guardsIn('src/proxy/team.ts', [
    [
      'codes end with the admin who may have made them',
      "if (removed.role === 'admin')",
      "if (removed.role === 'support')",
      TEAM,
      'cannot come back',
    ],
    [
      'the last admin stays',
      'if (admins.every((admin) => admin.id === id))',
      'if (admins.length === 0)',
      TEAM,
    ],
    [
      'who was removed removes nobody',
      "    if (!admins.some((admin) => admin.id === actor.id)) throw new ProblemError('unauthorized');\n",
      '',
      TEAM,
      'at once',
    ],
    [
      'what a removed browser drained is free',
      "    await tx.updateTable('leases').set({ until: 0 }).where('browser', '=', id).execute();\n",
      '',
      TEAM,
      'lease is free',
    ],
  ]),
  ...guardsIn('src/proxy/routes/team.ts', [
    ['only admins invite', "adminOnly,\n      checked('json'", "checked('json'", WHO, 'refused'],
    [
      'only admins remove',
      'noQuery,\n      adminOnly,\n      async (c)',
      'noQuery,\n      async (c)',
      WHO,
      'refused',
    ],
  ]),
  ...ALERTS(),
  ...guardsIn('src/proxy/ledger.ts', [
    [
      'a credit is counted where it is made',
      '        await countCredit(tx, row, credit.at);\n',
      '',
      OVERVIEW,
    ],
  ]),
  ...guardsIn('src/proxy/reversals.ts', [
    [
      'what is taken back is counted where it is done',
      '          await countReversal(tx, mode, made);\n',
      '',
      OVERVIEW,
      'its own day',
    ],
  ]),
  ...guardsIn('src/proxy/find-rewards.ts', [
    [
      'what is over holds nothing',
      '  await context.told.judged(seen, settings.version);\n',
      '',
      OVERVIEW,
      'not held any more',
    ],
  ]),
  ...guardsIn('src/proxy/ledger-page.ts', [
    [
      'few rows are found first',
      "(state !== undefined && state !== 'redeemed') ||",
      'false ||',
      LEDGER,
      'whole ledger',
    ],
    ['too little of an id is nobody’s', 'const ENOUGH = 6;', 'const ENOUGH = 0;', LEDGER, 'pastes'],
    [
      'equal ones are neither skipped nor told twice',
      ': column, reward];',
      ': column];',
      LEDGER,
      'every order',
    ],
  ]),
  ...guardsIn('src/proxy/remember.ts', [
    [
      'looking again asks nobody again',
      '< ms) return kept.value;',
      '< 0) return kept.value;',
      HEALTH,
      'again and again',
    ],
  ]),
  ...guardsIn('src/background/queue-row.ts', [
    [
      'what was dismissed is not listed',
      "const needsSomebody = isHeld && reason !== 'dismissed';",
      'const needsSomebody = isHeld;',
      QUEUE,
      'neither counted',
    ],
    ['what an admin did is no news', '!isByHand(reason) && !told', '!told', NOTIFY, 'what an admin did'],
    [
      'what was told is no news',
      ' && !told.includes(reason)',
      ' && told.length >= 0',
      NOTIFY,
      'tried again meanwhile',
    ],
    [
      'another reason is news',
      ' && !told.includes(reason)',
      ' && told.length === 0',
      NOTIFY,
      'for another reason',
    ],
  ]),
  ...guardsIn('src/background/queue-db.ts', [
    [
      'whatever moved a row, its news goes with it',
      '.put(marked(after)));',
      '.put({ ...marked(after), ...(before && { untold: before.untold }) }));',
      NOTIFY,
      'mended in quiet hours',
    ],
    [
      'what an earlier version held is not passed over',
      'rewards.put(marked(row))',
      'rewards.put(row)',
      UPGRADE,
      'listed and told of',
    ],
  ]),
  ...guardsIn('src/background/queue.ts', [
    [
      'what was dismissed is not read',
      'needing(HELD_SHOWN)',
      "inState('held', 9999)",
      QUEUE,
      'no row of it is read',
    ],
  ]),
  ...guardsIn('src/background/notify.ts', [
    [
      'in quiet hours nothing is taken',
      'quietNow ? NOTHING_HELD : await taken(mode)',
      'await taken(mode)',
      NOTIFY,
      'in quiet hours is told after them',
    ],
    [
      'one mode keeps nothing of the other back',
      '      return NOTHING_HELD;\n',
      '      throw error;\n',
      NOTIFY,
      'cannot be read',
    ],
  ]),
];
