/** The check of who may import whom finds each rule broken, and says so where it did not read the files. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkArchitecture, compareWithListed } from '../../scripts/architecture/check.ts';
import { RULES } from '../../scripts/architecture/rules.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TARGETS = [
  ...['contract', 'locales', 'ui', 'background', 'content', 'popup', 'dashboard', 'proxy'].map(
    (part) => `src/${part}/target.ts`,
  ),
  'src/background/drain.ts',
  'src/proxy/app.ts',
  'src/proxy/ledger.ts',
  'sandbox/target.ts',
  'test/target.ts',
];

/** For every rule one file that breaks it, and no other rule that is not named too. */
const BREAKS: { file: string; text: string; rules: string[] }[] = [
  broken('src/contract/a.ts', '../proxy/target.ts', 'src/contract'),
  broken('src/locales/a.ts', '../ui/target.ts', 'src/locales'),
  broken('src/ui/a.ts', '../popup/target.ts', 'src/ui'),
  broken('src/content/a.ts', '../background/target.ts', 'src/content'),
  broken('src/popup/a.ts', '../dashboard/target.ts', 'src/popup'),
  broken('src/dashboard/a.ts', '../popup/target.ts', 'src/dashboard'),
  broken('src/proxy/a.ts', '../ui/target.ts', 'src/proxy'),
  {
    file: 'src/background/a.ts',
    text: "import type { target } from '../proxy/target.ts';\nexport type A = typeof target;\n",
    rules: ['src/background'],
  },
  broken('src/background/b.ts', '../proxy/app.ts', 'src/background takes only types from src/proxy'),
  broken('src/proxy/drainer.ts', '../background/target.ts', 'a server drains with the worker’s own code'),
  broken('src/ui/b.ts', '../../sandbox/target.ts', 'the product stands alone'),
  broken('sandbox/a.ts', '../test/target.ts', 'the sandbox is no test'),
  broken('sandbox/b.ts', '../src/proxy/target.ts', 'the simulators are not the product'),
  broken(
    'test/faults/simulation/verdict.ts',
    '../../../src/contract/target.ts',
    'the verdict shares no code with the product',
  ),
  broken('src/ui/c.ts', 'node:crypto', 'no Node in a browser'),
  broken('src/contract/b.ts', 'idb', 'the contract needs only valibot'),
  broken('src/proxy/b.ts', 'preact', 'no page parts in the proxy'),
  broken('src/proxy/c.ts', 'pg', 'one file knows the database'),
  broken('src/proxy/d.ts', 'stripe', 'one way to Stripe'),
  broken('src/proxy/judge.ts', './ledger.ts', 'judging is pure'),
  // A circle is told once.
  broken('src/ui/d.ts', './d-too.ts'),
  broken('src/ui/d-too.ts', './d.ts', 'no circles'),
  broken('src/ui/e.ts', './nowhere.ts', 'every import leads somewhere'),
  broken('src/ui/f.ts', 'fast-check', 'the product needs no tools'),
];

/** What looks alike and is allowed. */
const ALLOWED = [
  broken('src/background/c.ts', '../ui/target.ts'),
  {
    file: 'src/background/d.ts',
    text: "import type { target } from '../proxy/app.ts';\nexport type D = typeof target;\n",
    rules: [],
  },
  broken('src/proxy/database-dialects.ts', 'pg'),
  broken('src/proxy/stripe-access.ts', 'stripe'),
  broken('src/proxy/drain-queue.ts', '../background/drain.ts'),
  broken('src/proxy/caps.ts', '../contract/target.ts'),
  broken('sandbox/year/a.ts', '../../src/proxy/target.ts'),
  broken('src/contract/c.ts', 'valibot'),
];

function broken(file: string, imported: string, ...rules: string[]) {
  const text = `import * as other from '${imported}';\nexport const it = () => other;\n`;
  return { file, text, rules };
}

const root = mkdtempSync(join(tmpdir(), 'architecture-'));
const files = [...TARGETS, ...BREAKS.map(({ file }) => file), ...ALLOWED.map(({ file }) => file)].sort();

beforeAll(() => {
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(root, name));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  for (const file of TARGETS) write(file, 'export const target = 1;\n');
  for (const { file, text } of [...BREAKS, ...ALLOWED]) write(file, text);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MINUTE = 60_000;

test(
  'each rule that is broken is told, with the file that breaks it, and nothing else is',
  async () => {
    const { findings, imports } = await checkArchitecture(root, files);
    const told = findings.map((finding) => /^(\S+) imports .* “(.*)” is broken/.exec(finding)?.slice(1));
    const planted = BREAKS.flatMap(({ file, rules }) => rules.map((rule) => [file, rule]));
    expect(told.map(String).sort()).toEqual(planted.map(String).sort());
    expect(imports).toBe(BREAKS.length + ALLOWED.length);
  },
  MINUTE,
);

test('no rule is without a break that proves it', () => {
  const proven = new Set(BREAKS.flatMap(({ rules }) => rules));
  expect(RULES.map(({ name }) => name).filter((name) => name === undefined || !proven.has(name))).toEqual([]);
});

test('a file that was not read, and an import that was not seen, are told', async () => {
  const one = 'src/ui/e.ts';
  expect(compareWithListed(root, [one], { modules: [] }).findings).toEqual([
    `${one} was not read, so nothing is known of its imports.`,
  ]);
  const blind = { modules: [{ source: one, dependencies: [], dependents: [], valid: true }] };
  expect(compareWithListed(root, [one], blind).findings).toEqual([
    `${one} imports ./nowhere.ts, which was not seen.`,
  ]);
});

test('a check of no files at all is no pass', () => {
  expect(compareWithListed(root, [], { modules: [] }).findings).toEqual(['There is no file to check.']);
});
