/** The guards of linking in bulk: nothing is written that nobody meant, and nothing is written twice. */
import { type Guard, guardsIn } from './guards.ts';

const VIEW = 'src/dashboard/unlinked';
const DESK = 'test/unit/dashboard-unlinked-desk.test.tsx';
const IMPORT = 'test/unit/dashboard-unlinked-import.test.tsx';
const KEPT = 'test/unit/dashboard-unlinked-kept.test.ts';
const CSV = 'test/unit/links-csv.test.ts';
const WORKER = 'test/unit/background-linking.test.ts';

export const BULK = (): Guard[] => [
  ...guardsIn(`${VIEW}/link-run.ts`, [
    ['pressed twice, under way once', 'current ??= work()', 'current = work()', DESK, 'a pause ends'],
    ['an outage does not use up the list', '!isOutage(outcome) && ', '', DESK, 'an outage pauses'],
    [
      'kept before the first question',
      'if (keeper && outcomes.size === 0) await keeper.begin(wishes);',
      '',
      KEPT,
      'before its first question',
    ],
  ]),
  ...guardsIn(`${VIEW}/kept-runs.ts`, [
    ['one tab at a time', 'answer(lock && wanted)', 'answer(wanted)', KEPT, 'leaves alone'],
    [
      'two linkings do not mix',
      'within(had, (db, mine) => db.add',
      'within(take, (db, mine) => db.add',
      KEPT,
      'not mixed',
    ],
  ]),
  ...guardsIn(`${VIEW}/desk.ts`, [
    [
      'a paused linking is not replaced',
      'if (isUnfinished() || selected.value.length === 0) return;',
      'if (selected.value.length === 0) return;',
      DESK,
      'a paused linking',
    ],
    [
      'another mode pauses what writes',
      '    run.value?.pause();\n    importing',
      '    importing',
      DESK,
      'leaving the mode',
    ],
  ]),
  ...guardsIn(`${VIEW}/choices.ts`, [
    [
      'what a person decided stays',
      'sure !== null && !decided.has(who) &&',
      'sure !== null &&',
      DESK,
      'a person decided',
    ],
    [
      'a tie is not selected',
      'chosen.delete(one);\n        selected.delete(one);',
      '',
      DESK,
      'tie, also when',
    ],
  ]),
  ...guardsIn(`${VIEW}/check-rows.ts`, [
    [
      'an empty cell is no wish',
      "else if (first?.customer === '') empty += rows.length;",
      '',
      CSV,
      'unlinks nobody',
    ],
    [
      'two customers for one participant',
      'rows.some(({ customer }) => customer !== first?.customer)',
      'rows.length === 0',
      CSV,
      'two customers',
    ],
    ['a row of another width', 'cells.length === width', 'cells.length >= 0', CSV, 'cannot be meant'],
  ]),
  ...guardsIn(`${VIEW}/read-csv.ts`, [
    [
      'broken quotes refuse the file',
      'if (errors.length > 0) throw brokenQuotes(line);',
      '',
      CSV,
      'not closed',
    ],
  ]),
  ...guardsIn(`${VIEW}/decode-file.ts`, [
    ['an encoding is not guessed', '{ fatal: true }', '{}', CSV, 'never guessed at'],
  ]),
  ...guardsIn('src/dashboard/csv-file.ts', [
    ['no formula is written', 'row.map(neutralised)', '[...row]', CSV, 'begins like a formula'],
  ]),
  ...guardsIn(`${VIEW}/import-links.ts`, [
    [
      'replaced only after a tick',
      'replaces ? [...fresh, ...replacing] : fresh',
      '[...fresh, ...replacing]',
      IMPORT,
      'after a tick',
    ],
    [
      'replaced only what was seen',
      'preview.replacing.push({ ...link, previous: current })',
      'preview.fresh.push({ ...link, previous: null })',
      IMPORT,
      'after a tick',
    ],
    ['an account gets one customer', 'torn.has(link.accountId)', 'false', IMPORT, 'within one account'],
    [
      'a file is linked once',
      "if (now.name !== 'preview') return;",
      "if (now.name !== 'preview' && now.name !== 'linking') return;",
      IMPORT,
      'after a tick',
    ],
  ]),
  ...guardsIn('src/background/link-outcomes.ts', [
    [
      'an outcome of another customer is none',
      'left.get(keyOf(said.output)) === said.output.customer &&',
      'left.has(keyOf(said.output)) &&',
      WORKER,
      'another customer',
    ],
  ]),
];
