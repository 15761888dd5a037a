/** Switches every guard off in turn, in a copy of the project, and expects a named test to go red. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { type Guard, guards } from './guards.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COPIED = [
  'src',
  'sandbox',
  'test',
  'scripts',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  '.env.example',
];
const AT_ONCE = 2;
/** A test that hangs without its guard is red as well. */
const LONGEST_MS = 180_000;
/** All of them, with every guard on. */
const LONGEST_OF_ALL_MS = 900_000;

export type Switched = { guard: Guard; red: boolean; why: string };

async function copyProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'guards-'));
  for (const path of COPIED) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

type Report = {
  numPassedTests: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
};

/** Which tests failed; null when none came to run, since a file that does not load proves nothing. */
async function failedTests(
  folder: string,
  tests: string[],
  name?: string,
  longestMs = LONGEST_MS,
): Promise<string[] | null> {
  const report = join(folder, 'guards-report.json');
  await rm(report, { force: true });
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const filter = name === undefined ? [] : ['-t', name];
  const projects = ['unit', 'proxy', 'faults'].map((project) => `--project=${project}`);
  const args = [
    vitest,
    'run',
    ...projects,
    '--bail=1',
    '--reporter=json',
    `--outputFile=${report}`,
    ...filter,
    ...tests,
  ];
  const timedOut = await new Promise<boolean>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
    child.once('error', reject).once('exit', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
  if (timedOut) return ['(it did not end)'];
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return null;
  const { numPassedTests, testResults } = JSON.parse(text) as Report;
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName);
  return failed.length + numPassedTests === 0 ? null : failed;
}

async function switchOff(folder: string, guard: Guard): Promise<Switched> {
  const { file, find, replace, tests, name } = guard;
  const path = join(folder, file);
  const source = await readFile(path, 'utf8');
  const said = (red: boolean, why: string): Switched => ({ guard, red, why });
  const times = source.split(find).length - 1;
  if (times !== 1) return said(false, `the list is out of date: its text stands ${times} times in ${file}`);
  await writeFile(
    path,
    source.replace(find, () => replace),
  );
  try {
    const failed = await failedTests(folder, tests, name);
    if (failed === null) return said(false, 'no test came to run');
    return said(failed.length > 0, failed[0] ?? tests.join(', '));
  } finally {
    await writeFile(path, source);
  }
}

/** With every guard on, everything named must be green, or red would mean nothing. */
async function checkGreen(folder: string, all: Guard[]): Promise<void> {
  const tests = [...new Set(all.flatMap((guard) => guard.tests))];
  const failed = await failedTests(folder, tests, undefined, LONGEST_OF_ALL_MS);
  if (failed === null) throw new Error('With every guard on, no test came to run; mend that first.');
  if (failed.length > 0) throw new Error(`With every guard on this fails; mend it first: ${failed[0]}`);
}

/** @param only guards whose name or file contains this. */
export async function switchGuardsOff(
  only = '',
  say: (line: string) => void = console.log,
): Promise<{ total: number; stayedGreen: Switched[] }> {
  const all = guards().filter(({ guard, file }) => `${file} ${guard}`.includes(only));
  const idle = await Promise.all(Array.from({ length: AT_ONCE }, copyProject));
  const folders = [...idle];
  try {
    if (folders[0] !== undefined) await checkGreen(folders[0], all);
    const limit = pLimit(AT_ONCE);
    const results = await Promise.all(
      all.map((guard) =>
        limit(async () => {
          const folder = idle.pop();
          if (folder === undefined) throw new Error('there is a copy of the project for each at once');
          const result = await switchOff(folder, guard).finally(() => idle.push(folder));
          say(`${result.red ? '✔ red' : '✘ STAYED GREEN'}  ${guard.guard} (${result.why})`);
          return result;
        }),
      ),
    );
    const stayedGreen = results.filter(({ red }) => !red);
    say(`${results.length - stayedGreen.length} of ${results.length} guards are held by a test.`);
    if (stayedGreen.length > 0) process.exitCode = 1;
    return { total: results.length, stayedGreen };
  } finally {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}
