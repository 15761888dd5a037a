/** The guards of what lets people see and prove: dry run, memory, history, reports, upgrades. */
import { type Guard, guardsIn } from './guards.ts';

const BEFORE = 'test/proxy/before-money-moves.test.ts';
const TOLD = 'test/proxy/told.test.ts';
const AUDIT = 'test/proxy/audit.test.ts';
const RECONCILE = 'test/proxy/reconcile.test.ts';
const REPORT = 'test/unit/report.test.ts';
const UPGRADE = 'test/proxy/upgrade.test.ts';
const LINKED = 'test/proxy/found-and-linked.test.ts';
const WHO = 'test/proxy/who-may-ask.test.ts';

export const PROOF = (): Guard[] => [
  ...guardsIn('src/proxy/routes/session.ts', [
    [
      'support may not confirm what was earned earlier',
      "adminOnly,\n      checked('json', BackfillRequest)",
      "checked('json', BackfillRequest)",
      BEFORE,
      'support may not',
    ],
    [
      'a unit that is added lets nothing earlier through',
      'earlierWaits: true',
      'earlierWaits: false',
      BEFORE,
      'waits, says so',
    ],
  ]),
  ...guardsIn('src/proxy/settings.ts', [
    [
      'a unit keeps its instant',
      'if (kept !== undefined) return [[unit, kept]];',
      '',
      BEFORE,
      'keeps its instant',
    ],
  ]),
  ...guardsIn('src/proxy/routes/rewards.ts', [
    [
      'support may not credit',
      "adminOnly,\n      checked('json', CreditsRequest)",
      "checked('json', CreditsRequest)",
      WHO,
      'support',
    ],
    [
      'a dry run credits nothing',
      'request.dryRun ? previewBatch : creditBatch',
      'creditBatch',
      BEFORE,
      'changes nothing anywhere',
    ],
  ]),
  ...guardsIn('src/proxy/preview.ts', [
    [
      'a dry run breaks no connection',
      '    onRevoked: async () => undefined,\n',
      '',
      BEFORE,
      'access that was taken back',
    ],
    [
      'a dry run counts the day’s cap as it goes',
      'if (claims) claimed.set(',
      'if (claims && amount < 0) claimed.set(',
      BEFORE,
      'what the caps would stop',
    ],
  ]),
  ...guardsIn('src/proxy/find-rewards.ts', [
    [
      'what was begun is found by a new browser',
      'for (const reward of begun.rewards) found.set(reward.id, reward);',
      '',
      LINKED,
      'sees what was begun',
    ],
    [
      'all of what was begun is found by a new browser',
      'next.begun = begun.last;',
      '',
      LINKED,
      'sees everything that was begun',
    ],
    [
      'a first look that finds nothing payable is over',
      'if (cursor.sweep && cursor.time === 0 && page.totalCount === 0)',
      'if (page.totalCount < 0)',
      LINKED,
      'hears how it ended',
    ],
  ]),
  ...guardsIn('src/proxy/told.ts', [
    [
      'memory: of this customer',
      '    (word.customer === null || word.customer === customer) &&\n',
      '',
      TOLD,
      'each end the memory',
    ],
    [
      'memory: under these settings',
      '    word.settings === settings.version &&\n',
      '',
      TOLD,
      'each end the memory',
    ],
    [
      'memory: of a reward that was not touched since',
      'reward.dateModified <= word.at;',
      'word.at > 0;',
      TOLD,
      'each end the memory',
    ],
    ['memory: for a day', 'FRESH_MS = 24 * 3_600_000', 'FRESH_MS = 1e15', TOLD, 'after a day'],
    [
      'memory: ends with a try that did not get through',
      ".set({ at: 0 })\n          .where('mode', '=', mode)\n          .where(",
      ".set({ at: now() })\n          .where('mode', '=', mode)\n          .where(",
      TOLD,
      'did not get through',
    ],
  ]),
  ...guardsIn('src/proxy/connections.ts', [
    ['memory: of this account', 'await forgetTold(tx, state.mode);', '', TOLD, 'each end the memory'],
  ]),
  ...guardsIn('src/proxy/audit.ts', [
    [
      'each row of the history covers the one before',
      'JSON.stringify([\n    previous,',
      'JSON.stringify([',
      AUDIT,
      'changed places|made to fit',
    ],
    [
      'each row of the history covers what it says',
      '    subject,\n    before,\n    after,\n  ]);',
      '    subject,\n  ]);',
      AUDIT,
      'is found',
    ],
    [
      'the newest row is noted',
      'const value = JSON.stringify({ seq: row.seq, hash });',
      'const value = JSON.stringify(head);',
      AUDIT,
      'is found',
    ],
    [
      'the history goes on behind what was tampered with',
      'Math.max(head.seq, last ?? 0)',
      'head.seq',
      AUDIT,
      'money does not stop',
    ],
  ]),
  ...guardsIn('src/proxy/audit-verify.ts', [
    [
      'edited rows are found',
      'if (hashOf(last.hash, row) === row.hash) return null;',
      'return null;',
      AUDIT,
      'is found',
    ],
    ['removed rows are found', 'if (seq > expected)', 'if (seq > expected + 1e9)', AUDIT, 'is found'],
    ['rows before the first are found', 'if (seq < 1)', 'if (seq < -1e9)', AUDIT, 'is found'],
    ['a shortened end is found', 'if (head.seq > last.seq)', 'if (head.seq < 0)', AUDIT, 'is found'],
    [
      'a missing note is found',
      'if (head === null)',
      'if (head === null) return null;\n  if (head === null)',
      AUDIT,
      'is found',
    ],
    [
      'a rewritten end is found',
      'return head.hash === last.hash',
      "return head.hash !== ''",
      AUDIT,
      'made to fit',
    ],
    [
      'reordered rows are told apart',
      'return swapped || belongs.seq > seq + 1',
      'return seq < 0',
      AUDIT,
      'is found',
    ],
  ]),
  ...guardsIn('src/proxy/reconcile.ts', [
    ['what moves is read again', 'READ_AGAIN = 3', 'READ_AGAIN = 0', RECONCILE, 'between two looks'],
    [
      'a credit with another customer is no second line',
      'absent.delete(line.reward);',
      '',
      RECONCILE,
      'whoever comes first',
    ],
    [
      'a note without a ledger row is looked for again',
      'of await unclaimed(rewards)',
      'of rewards',
      RECONCILE,
      'by then either',
    ],
  ]),
  ...guardsIn('src/proxy/reconcile-reads.ts', [
    ['a reward in two pages is read once', '!told.has(id)', 'id.length > 0', RECONCILE, 'in one millisecond'],
  ]),
  ...guardsIn('src/proxy/reconcile-judge.ts', [
    [
      'what is being worked on is no difference',
      'isLocked && isDifference(verdict)',
      'false',
      RECONCILE,
      'locked row',
    ],
    ['what was frozen is compared', '    judgeFrozen(row) ??\n', '', RECONCILE, 'frozen'],
    [
      'more than one credit is extra',
      'if (credits.length > 1) return',
      'if (credits.length > 99) return',
      RECONCILE,
      'second credit',
    ],
    [
      'Advocate’s own word is compared',
      'const differs = judgeWorth(row, reward) ??',
      'const differs =',
      RECONCILE,
      'amount to redeem',
    ],
    [
      'another tenant’s is none of ours',
      'metadata[METADATA.tenant] === tenant && ',
      '',
      RECONCILE,
      'another tenant',
    ],
  ]),
  ...guardsIn('src/proxy/verify-report.ts', [
    [
      'a report’s signature is checked',
      ' || !verify(null, sha256, publicKey, signature)',
      '',
      REPORT,
      'one changed byte',
    ],
    [
      'a report’s signature is spelled one way',
      '.equals(bytes))',
      '.equals(bytes) && bytes.length === 0)',
      REPORT,
      'one changed byte',
    ],
    [
      'a report is signed by the key that is expected',
      'if (expected !== null && !sameFingerprint(fingerprint, expected))',
      "if (expected === '')",
      REPORT,
      'another key',
    ],
    [
      'a report adds up',
      'if (!same({ rewards, findings, credited, reversed }, counted))',
      'if (rewards < 0)',
      REPORT,
      'add up',
    ],
    [
      'a report is about one thing',
      'if (!same(about(head), about(summary)))',
      'if (rewards < 0)',
      REPORT,
      'add up',
    ],
    [
      'a report is complete',
      "if (line.line === 'incomplete') throw",
      'if (number < 0) throw',
      REPORT,
      'add up',
    ],
    [
      'nothing stands behind a report',
      'if (publicKey !== null) throw',
      'if (number < 0) throw',
      REPORT,
      'repeated or added',
    ],
  ]),
  ...guardsIn('src/proxy/database.ts', [
    [
      'a newer ledger is refused',
      'const { error } = await migrator.migrateToLatest();',
      'const { error } = await migrator.migrateToLatest().then(() => ({ error: undefined }));',
      UPGRADE,
      'newer version',
    ],
    [
      'a newer ledger is left as it is',
      'await migrate(db);\n    // It is written',
      'await sql`pragma journal_mode = wal`.execute(db);\n    await migrate(db);\n    // It is written',
      UPGRADE,
      'newer version',
    ],
  ]),
];
