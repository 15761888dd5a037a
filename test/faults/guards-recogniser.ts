/** The guards that keep a stranger from being taken for the participant of a page. */
import { type Guard, guardsIn } from './guards.ts';

const GUARDS = 'test/unit/recognise-guards.test.ts';
const CORPUS = 'test/unit/recognise.test.ts';
const WATCH = 'test/unit/recognise-watch.test.ts';
const LIFE = 'test/unit/recognise-lifetime.test.ts';
const GLANCE = 'test/unit/glance.test.ts';

export const RECOGNISER = (): Guard[] => [
  ...guardsIn('src/content/index.ts', [
    [
      'most addresses are about nobody',
      '    if (!canBeAboutSomebody(readAddress(location.href))) return;\n',
      '',
      GLANCE,
      'nothing more is loaded',
    ],
    ['who recognises looks after the page', '    stop();\n', '', GLANCE, 'comes once'],
  ]),
  ...guardsIn('src/content/watch-page.ts', [
    [
      'at such an address nothing waits',
      ' || !canBeAboutSomebody(readAddress(location.href))',
      '',
      WATCH,
      'about nobody',
    ],
  ]),
  ...guardsIn('src/content/recognise.ts', [
    ['settings are about nobody', '  if (!canBeAboutSomebody(address)) return NONE;\n', '', CORPUS],
    ['sections about somebody else are left out', ' && !ofSomebodyElse(run)', '', CORPUS],
    ['a form over the page is somebody’s typing', ' && !typedIntoForm(run)', '', CORPUS],
    [
      'an open page stays what it is',
      "  if (open.kind === 'participant' && open.sure) return open;\n",
      '',
      GUARDS,
      'leaves an open page',
    ],
    ['a page and its dialog must agree', 'return differ ? NONE : seen;', 'return seen;', CORPUS],
    [
      'a dialog of another participant is neither',
      "  if (alone.kind === 'participant' && alone.sure) return NONE;\n",
      '',
      [GUARDS, WATCH],
      'another participant’s page',
    ],
    [
      'a hidden page may be left over',
      "  if (named && address.about !== 'participant') return seen;\n",
      '',
      GUARDS,
      'leaves nothing of a hidden page',
    ],
    [
      'a dialog that names somebody is a doubt',
      'below.sure && silent &&',
      'below.sure &&',
      GUARDS,
      'a doubt',
    ],
    ['page and address must agree', ' || addressContradicts(address, hints, content)', '', CORPUS],
    ['a number alone is nobody’s id', ' || /^\\d+$/.test(address.opaque)', '', CORPUS],
    ['a list is about nobody', "  if (inList) return 'nothing';\n", '', CORPUS],
    ['not even with both ids', ' && !inList) ||', ') ||', GUARDS, 'one card'],
    [
      'an id beside the page’s own words outweighs an e-mail that has none',
      'email.value && !(email.weak && userId.value && !userId.weak)',
      'email.value',
      GUARDS,
      'left alone',
    ],
    [
      'an id in a table is that of the e-mail in its row',
      '.filter(({ run }) => !run?.inColumn || rows.has(run.row))',
      '',
      GUARDS,
      'people in a table',
    ],
  ]),
  ...guardsIn('src/content/claims.ts', [
    ['a bare number is not their id', '(/^\\d+$/.test(value) ? 2 : 3.5)', '4', CORPUS],
    [
      'random digits are the application’s',
      '!/^[0-9a-f-]{16,}$/i.test(token) && ',
      '',
      GUARDS,
      'random digits',
    ],
  ]),
  ...guardsIn('src/content/email-claims.ts', [
    ['rows list people', '    if (lists.include(run)) continue;\n', '', GUARDS, 'several rows'],
    [
      'one row is a search',
      '    if (run.inColumn && !isRecord(run, address)) continue;\n',
      '',
      GUARDS,
      'only row of a search',
    ],
    [
      'words about somebody else',
      "      if (labelKind(before) === 'foreign') return 0;\n",
      '',
      GUARDS,
      'words about somebody else',
    ],
    ['unknown words', ' || underUnknownLabel(content, i, headings)', '', GUARDS, 'of a relative'],
    ['a relative shares one name', 'words.length > 1 && words.every', 'words.some', GUARDS, 'of a relative'],
    ['another heading', '      if (near.length > 1) return 0;\n', '', GUARDS, 'heading of its own'],
    ['the page is not its head', '!/^(MAIN|BODY)$/.test(at.tagName) &&', '', GUARDS, 'not in its head'],
    ['somebody stands between', 'content[i - 1] !== title || ', '', GUARDS, 'after somebody else'],
    ['a title that is no name', ' || !namesSomebody(title.text)', '', GUARDS, 'is no name'],
    [
      'the end of a sentence is no label',
      'isLabel(before) ? labelKind(before) : null',
      'labelKind(before)',
      GUARDS,
      'a sentence',
    ],
    ['a window’s title with two', ' && more.length === 0', '', GUARDS, 'of two'],
    ['many people are a list', '  if (best < 5 && top.size > 2) return [];\n', '', GUARDS, 'three e-mails'],
  ]),
  ...guardsIn('src/content/identity-text.ts', [
    ['the end of a masked e-mail', "(?<![\\p{L}\\p{N}._%+'*•●·…-])", '', CORPUS],
    ['the start of a cut-off e-mail', '(?!\\.?[\\p{L}\\p{N}*•●…-]|\\.\\.)', '', GUARDS, 'cut off'],
    ['a piece of code is no id', ' || /["{}<>…•]|\\*\\*/.test(text)', '', GUARDS, 'piece of code'],
  ]),
  ...guardsIn('src/content/shown.ts', [
    ['a closed dialog', " || (el.tagName === 'DIALOG' && !el.hasAttribute('open'))", '', GUARDS, 'is closed'],
    ['what fades out', '|opacity:\\s*0(\\.0+)?\\s*(;|!|$)', '', CORPUS],
  ]),
  ...guardsIn('src/content/read-page.ts', [
    ['tabs are no labels', '    if (isBar(el, role)) inner.bar = true;\n', '', CORPUS],
    ['what is searched for', ' || isSearch(el)', '', CORPUS],
    ['the application’s frame', '    if (isFrame(el, tag, role)) inner.frame = true;\n', '', CORPUS],
    ['a hidden page’s headings end with it', ' || inner.behind !== outer.behind', '', GUARDS, 'a doubt'],
  ]),
  ...guardsIn('src/content/column-headers.ts', [
    [
      'several rows are a list',
      'values.nextElementSibling?.childElementCount === count || ',
      '',
      CORPUS,
      'labels in a row',
    ],
  ]),
  ...guardsIn('src/content/lifetime.ts', [
    [
      'whoever comes back finds no orphan',
      "    document.addEventListener('visibilitychange', this.check, { signal });\n",
      '',
      LIFE,
    ],
  ]),
  ...guardsIn('src/content/left-behind.ts', [['nothing is left behind', ' card.remove();', ';', LIFE]]),
];
