import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LANGUAGES, readLanguage } from '../../scripts/locales.ts';
import { HEALTH_CODES, healthText } from '../../src/contract/health.ts';
import { PROBLEM_CODES } from '../../src/contract/problems.ts';
import { REASON_CODES, REASONS, type Reason, reasonText } from '../../src/contract/reasons.ts';
import { UNIT_PROBLEMS } from '../../src/contract/unit.ts';
import { DEEDS } from '../../src/dashboard/rewards/deeds.ts';
import { fittingIn, type Words } from './locale-findings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const english = await readLanguage('en');

describe.each(LANGUAGES)('%s', (language) => {
  test('says everything that English says, in a form that fits', async () => {
    expect(fittingIn(language, await readLanguage(language), english)).toEqual([]);
  });
});

describe('what does not fit is found', () => {
  const said: Words = {
    area_button: 'Save',
    area_who: '{name} waits.',
    area_rows_one: '{count} row',
    area_rows_other: '{count} rows',
  };
  const good: Words = {
    area_button: 'Sichern',
    area_who: '{name} wartet.',
    area_rows_one: '{count} Zeile',
    area_rows_other: '{count} Zeilen',
  };
  const without = (key: string) => Object.fromEntries(Object.entries(good).filter(([each]) => each !== key));

  test('and what fits is not', () => {
    expect(fittingIn('de', good, said)).toEqual([]);
    expect(fittingIn('en', said, said)).toEqual([]);
  });
  test.each<[string, Words, string]>([
    ['a missing text', without('area_who'), 'area_who: missing'],
    ['a text that English does not have', { ...good, area_old: 'Alt' }, 'area_old: not in English'],
    ['an empty text', { ...good, area_button: '' }, 'area_button: empty'],
    [
      'a blank that is lost',
      { ...good, area_who: 'Jemand wartet.' },
      'area_who: has the blanks [], not [name]',
    ],
    [
      'a blank that is made up',
      { ...good, area_button: '{was}!' },
      'area_button: has the blanks [was], not []',
    ],
    ['a form that the language needs', without('area_rows_one'), 'area_rows_one: missing'],
    ['the form of all else', without('area_rows_other'), 'area_rows_other: missing'],
    [
      'a form that the language does not have',
      { ...good, area_rows_few: '{count} Z.' },
      'area_rows_few: not in English',
    ],
    [
      'a space at the end',
      { ...good, area_button: 'Sichern ' },
      'area_button: spaces at an end, or two in a row',
    ],
    [
      'a typist’s apostrophe',
      { ...good, area_button: "Sicher's" },
      'area_button: a straight apostrophe or quote',
    ],
    [
      'a button twice as long',
      { ...good, area_button: 'Alles sofort sichern' },
      'area_button: 20 long, at most 15',
    ],
    [
      'a sentence that runs on',
      { ...good, area_who: '{name} wartet noch immer auf das Guthaben.' },
      'area_who: 37 long, at most 25',
    ],
  ])('%s', (_, words, finding) => {
    expect(fittingIn('de', words, said)).toEqual([finding]);
  });
  test('a language without a form for one may leave it out; one with a form for many may have it', () => {
    expect(fittingIn('ja', without('area_rows_one'), said)).toEqual([]);
    expect(fittingIn('fr', { ...good, area_rows_many: '{count} de lignes' }, said)).toEqual([]);
  });
});

/** All that is written where keys are used, without the words themselves. */
async function sources(): Promise<string> {
  const files = await readdir(join(ROOT, 'src'), { recursive: true });
  const code = files.filter((file) => /\.tsx?$/.test(file)).map((file) => join(ROOT, 'src', file));
  const texts = [...code, join(ROOT, 'manifest.json')].map((file) => readFile(file, 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

/** What stands in a blank, where any word in its place would fit a whole area. */
const IN_BLANKS: Record<string, readonly string[]> = {
  'parsed.problem': UNIT_PROBLEMS,
  deed: DEEDS,
  'run.deed': DEEDS,
  'asking.value': DEEDS,
};
const wordIn = (_: string, blank: string): string => `(${IN_BLANKS[blank]?.join('|') ?? '[a-z0-9_]+'})`;

/** Keys that are put together, as patterns: the code's own types make sure that each of them is there. */
const patternsIn = (code: string): RegExp[] =>
  [...code.matchAll(/`([a-z0-9_]*(?:\$\{[^{}]+\}[a-z0-9_]*)+)`/g)]
    .map(([, key = '']) => key)
    .filter((key) => /^[a-z]+_|_[a-z]+$/.test(key))
    .map((key) => new RegExp(`^${key.replace(/\$\{([^{}]+)\}/g, wordIn)}$`));

function unusedIn(code: string, keys: string[]): string[] {
  const written = new Set([...code.matchAll(/['"`_]([a-z0-9_]+?)(?:__)?['"`]/g)].map(([, key]) => key));
  const patterns = patternsIn(code);
  return keys.filter((key) => {
    const stem = key.replace(/_(zero|one|two|few|many|other)$/, '');
    return ![key, stem].some((each) => written.has(each) || patterns.some((pattern) => pattern.test(each)));
  });
}

/** Families whose keys are put together from a code of the contract: each code has its texts, and no other has. */
const ofCodes = (prefix: string, codes: readonly string[], endings = ['']): string[] =>
  codes.flatMap((code) => endings.map((ending) => `${prefix}_${code}${ending}`));
const family = (prefix: string) => Object.keys(english).filter((key) => key.startsWith(`${prefix}_`));
const actions = [
  ...REASON_CODES.flatMap((code) => REASONS[code].action ?? []),
  ...HEALTH_CODES.flatMap((code) => healthText(code).action ?? []),
];

describe('every text is used', () => {
  test('no key is left over that nothing says', async () => {
    expect(unusedIn(await sources(), Object.keys(english))).toEqual([]);
  });
  test('one that is left over is found', () => {
    const code = `say('area_a'); sayCount('area_b', 1); say(\`area_c_\${mode}_d\`);`;
    const keys = ['area_a', 'area_b_one', 'area_b_other', 'area_c_test_d', 'area_c_test', 'area_f'];
    expect(unusedIn(code, keys)).toEqual(['area_c_test', 'area_f']);
  });
  test('and one that is left over beside those of codes', () => {
    const code = `say(\`area_\${deed}\`); sayCount(\`area_run_\${run.deed}\`, 1); say(\`area_\${parsed.problem}\`);`;
    const used = ['area_hold', 'area_run_hold_one', 'area_unit_empty'];
    expect(unusedIn(code, [...used, 'area_old', 'area_run_old_one', 'area_unit_old'])).toEqual([
      ...['area_old', 'area_run_old_one', 'area_unit_old'],
    ]);
  });
  test('each reason says what and what next, has its few words, and no other does', () => {
    expect(family('reason').sort()).toEqual(
      ofCodes('reason', REASON_CODES, ['_what', '_next', '_word']).sort(),
    );
  });
  test('each problem has its title, and no other has', () => {
    expect(family('problem').sort()).toEqual(ofCodes('problem', PROBLEM_CODES).sort());
  });
  test('each action has its button, and no other has', () => {
    expect(family('action').sort()).toEqual(ofCodes('action', [...new Set(actions)]).sort());
  });
  test('each finding of the health page says what; only such findings say anything', () => {
    const what = family('health').filter((key) => key.endsWith('_what'));
    expect(what).toEqual(expect.arrayContaining(ofCodes('health', HEALTH_CODES, ['_what'])));
    const known = ofCodes('health', HEALTH_CODES, ['_what', '_next']);
    const ofFindings = family('health').filter((key) => /_(what|next)$/.test(key));
    expect(ofFindings.filter((key) => !known.includes(key))).toEqual([]);
  });
  test('what is said of a reversal is said of a reason, what and what next', () => {
    const reasons = REASON_CODES.filter((code) => `reversal_${code}_what` in english);
    expect(family('reversal').sort()).toEqual(ofCodes('reversal', reasons, ['_what', '_next']).sort());
  });
});

test.each(REASON_CODES)('the sentences of %s show the facts that it says they show', (reason: Reason) => {
  const text = `${english[`reason_${reason}_what`]} ${english[`reason_${reason}_next`]}`;
  const blanks = new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, blank]) => blank));
  expect([...blanks].sort()).toEqual([...(reasonText(reason).shows ?? [])].sort());
});
