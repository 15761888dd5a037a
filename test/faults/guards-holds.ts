/** The guards of what admins hold back: nobody pays it, everybody hears of it, and nobody is bothered with it. */
import { type Guard, guardsIn } from './guards.ts';

const HELD = 'test/proxy/holds.test.ts';
const TOLD = 'test/proxy/holds-told.test.ts';
const WHO = 'test/proxy/who-may-ask.test.ts';
const QUEUE = 'test/unit/queue-holds.test.ts';
const WORKER = 'test/unit/background.test.ts';

export const HOLDS = (): Guard[] => [
  ...guardsIn('src/proxy/ledger.ts', [
    [
      'a hold wins against a claim that is under way',
      '          if (held !== null) return held;\n',
      '',
      HELD,
      'between judging and claiming',
    ],
  ]),
  ...guardsIn('src/proxy/holds.ts', [
    [
      'what is claimed is not held any more',
      'if (reason !== null && (await isClaimed(tx, mode, reward)))',
      'if (reason !== null && reward === mode && (await isClaimed(tx, mode, reward)))',
      HELD,
      'too late',
    ],
    [
      'the same word again is no news',
      "        if (known?.reason === reason) return 'done';\n",
      '',
      HELD,
      'each word once',
    ],
    [
      'nobody releases what was never held',
      "if (known === undefined && reason === null) return 'not_found';",
      '',
      HELD,
      'answer of its own',
    ],
    [
      'what an attempt found out is over',
      "  await tx.deleteFrom('told').where('mode', '=', mode).where('reward', '=', reward).execute();\n",
      '',
      TOLD,
      'tried anew',
    ],
  ]),
  ...guardsIn('src/proxy/hold-rewards.ts', [
    [
      'what Advocate does not know is not held',
      'if (unknown.has(reward)) throw unknown.get(reward);',
      '',
      HELD,
      'answer of its own',
    ],
    [
      'a list that lags is no proof',
      'if (isReward(await advocate.reward(id))) return null;',
      '',
      HELD,
      'lags behind',
    ],
    [
      'what is known is not asked for',
      '!claimed.has(id) && !decided.has(id)',
      "id !== ''",
      HELD,
      'one question',
    ],
  ]),
  ...guardsIn('src/proxy/routes/holds.ts', [
    ['only admins hold', "    adminOnly,\n    checked('json'", "    checked('json'", WHO, 'refused'],
  ]),
  ...guardsIn('src/proxy/judge.ts', [
    [
      'what is held back asks nothing of Stripe',
      '  if (hold !== null) return refuse(hold);\n',
      '',
      HELD,
      'not even asked',
    ],
  ]),
  ...guardsIn('src/proxy/unlinked.ts', [
    [
      'what is dismissed waits for no link',
      'hold: kept.get(id) ?? null',
      'hold: null',
      TOLD,
      'wait for a link',
    ],
  ]),
  ...guardsIn('src/proxy/find-rewards.ts', [
    [
      'every browser hears of a word',
      'await rewardsOf(context, decided)',
      'await rewardsOf(context, [])',
      TOLD,
      'in the next page',
    ],
    [
      'and hears of it once',
      '    next.hold = decided.at(-1)?.seq ?? cursor.hold;\n',
      '',
      TOLD,
      'in the next page',
    ],
    [
      'more words than fit a page',
      'decided.length === HOLDS_AT_ONCE ||',
      'false ||',
      TOLD,
      'come in several',
    ],
    [
      'nothing of units that are not configured',
      '.filter(({ unit }) => settings.units.includes(unit))',
      '',
      TOLD,
      'not configured',
    ],
  ]),
  ...guardsIn('src/proxy/told.ts', [
    [
      'a late outcome does not cover a hold',
      '        if (await heldByHand(tx, mode, reward)) return;\n',
      '',
      TOLD,
      'comes late',
    ],
    ['a late hold does not cover a release', '      if (isByHand(reason)) return;\n', '', TOLD, 'comes late'],
  ]),
  ...guardsIn('src/proxy/held.ts', [
    [
      'what is judged late does not cover a hold',
      '    if (await heldByHand(tx, mode, id)) return;\n',
      '',
      TOLD,
      'comes late',
    ],
    ['a page that is late does not cover a release', ' && !isByHand(seen.reason)', '', TOLD, 'comes late'],
    [
      'only people let go what people hold',
      '    if ((await heldByHand(tx, mode, id)) !== null) return;\n',
      '',
      TOLD,
      'only people let go',
    ],
  ]),
  ...guardsIn('src/proxy/alert-causes.ts', [
    [
      'nobody is told of what people decided',
      "coalesce(told.reason, '') not in ('held_by_hand', 'dismissed')",
      "coalesce(told.reason, '') not in ('nothing')",
      TOLD,
      'a team',
    ],
  ]),
  ...guardsIn('src/background/queue.ts', [
    ['what is paid is not held', '!UNPAID.has(before.state)', 'false', QUEUE, 'stays so'],
    [
      'only what was held by hand is let go',
      "before?.state === 'held' && isByHand(before.reason)",
      "before?.state === 'held'",
      QUEUE,
      'only what was held',
    ],
    [
      'agreements end with a hold',
      'move(withoutAgreements(before), to, {',
      'move(before, to, {',
      QUEUE,
      'agreed to',
    ],
  ]),
  ...guardsIn('src/background/queue-totals.ts', [
    [
      'what was dismissed is not counted',
      "state === 'held' && reason === 'dismissed' ? DISMISSED : stateKey(state)",
      'stateKey(reason === null ? state : state)',
      QUEUE,
      'neither counted',
    ],
  ]),
  ...guardsIn('src/background/reward-deeds.ts', [
    ['what the proxy refused is left', '    if (!done) continue;\n', '', WORKER, 'left as it was'],
  ]),
  ...guardsIn('src/background/handlers.ts', [
    [
      'support holds nothing',
      'async holdRewards(request, shown) {\n      await onlyAdmin();',
      'async holdRewards(request, shown) {',
      WORKER,
      'leaves crediting',
    ],
    [
      'support retries nothing',
      'async retryRewards({ rewards }, shown) {\n      await onlyAdmin();',
      'async retryRewards({ rewards }, shown) {',
      WORKER,
      'leaves crediting',
    ],
  ]),
];
