/** The guards of packages and permissions: what is packed is what was promised, and access taken back is no failure. */
import { type Guard, guardsIn } from './guards.ts';

const PACKAGE = 'test/unit/package.test.ts';
const TAKEN = 'test/unit/popup-access-taken.test.tsx';
const BACKGROUND = 'test/unit/background.test.ts';

export const BROWSERS = (): Guard[] => [
  ...guardsIn('scripts/package/zip.ts', [
    ['a zip is in one order', 'files.toSorted(byPath)', 'files', PACKAGE, 'same bytes whatever'],
    ['a zip tells no time', 'mtime: ALWAYS_THEN, ', '', PACKAGE, 'every time zone'],
  ]),
  ...guardsIn('scripts/package/manifest.ts', [
    [
      'no permission is asked for without a reason',
      '.filter((ask) => !explained.has(ask))',
      '.filter(() => false)',
      PACKAGE,
      'without a reason',
    ],
    ['what is named is packed', '!there.has(file)', 'false', PACKAGE, 'lacks are told'],
  ]),
  ...guardsIn('scripts/package/lint.ts', [
    [
      'a warning that nobody listed stops the package',
      'if (is !== was)',
      'if (is < was)',
      PACKAGE,
      'linter finds',
    ],
  ]),
  ...guardsIn('src/background/index.ts', [
    [
      'access taken back is noticed at once',
      'browser.permissions.onRemoved.addListener(() => void run());',
      'browser.permissions.onRemoved.addListener(() => undefined);',
      BACKGROUND,
      'taken back pauses',
    ],
    [
      'access given again is noticed at once',
      'browser.permissions.onAdded.addListener(() => void run());',
      'browser.permissions.onAdded.addListener(() => undefined);',
      BACKGROUND,
      'taken back pauses',
    ],
  ]),
  ...guardsIn('src/background/pairing.ts', [
    [
      'the kind of browser is told only where that was agreed to',
      "return all.data_collection.includes('technicalAndInteraction');",
      'return true;',
      BACKGROUND,
      'agreements',
    ],
  ]),
  ...guardsIn('src/popup/StateProblem.tsx', [
    [
      'no question where nobody sees it',
      'if (!store.doors.asksHere()) return',
      'if (false) return',
      TAKEN,
      'beneath the popup',
    ],
  ]),
  ...guardsIn('src/popup/situation.ts', [
    [
      'access taken back is a pause',
      "if (state.problem?.code === 'host_permission_missing') return is('paused', 'warn');",
      '',
      TAKEN,
      'it is paused',
    ],
  ]),
];
