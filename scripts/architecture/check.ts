/**
 * Holds the imports of all files against the rules, and proves that it read them: a checker that finds no files, or cannot
 * read TypeScript, finds nothing wrong either. Files are counted as git lists them, imports as TypeScript reads them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import ts from 'typescript';
import { RULES } from './rules.ts';

const FOLDERS = ['src', 'sandbox', 'scripts', 'test', 'bench'];
const CODE = /\.(ts|tsx|mts|js|mjs|cjs)$/;

export type Checked = { files: number; imports: number; findings: string[] };

/** What git knows and what is new, but nothing ignored. */
export function listedFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...FOLDERS], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((file) => CODE.test(file) && existsSync(join(root, file)))
    .sort();
}

/** @param listed every file that must have been read. */
export async function checkArchitecture(
  root: string,
  listed: readonly string[],
  rules: readonly IForbiddenRuleType[] = RULES,
): Promise<Checked> {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(
    folders,
    {
      baseDir: root,
      ruleSet: { forbidden: [...rules] },
      validate: true,
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true,
    },
    {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.d.ts', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    { tsConfig: extractTsConfig(join(root, 'tsconfig.json')) },
  );
  if (typeof output === 'string') throw new Error('dependency-cruiser answered a text, not a result');
  const { imports, findings } = compareWithListed(root, listed, output);
  for (const { rule, from, to } of output.summary.violations) {
    const reason = rules.find(({ name }) => name === rule.name)?.comment ?? '';
    findings.push(`${from} imports ${to}. “${rule.name}” is broken: ${reason}`);
  }
  return { files: listed.length, imports, findings };
}

/** Every listed file was read, and each with as many imports as it has. */
export function compareWithListed(
  root: string,
  listed: readonly string[],
  read: Pick<ICruiseResult, 'modules'>,
) {
  const findings: string[] = [];
  const modules = new Map(read.modules.map((module) => [module.source, module]));
  let imports = 0;
  for (const file of listed) {
    const named = importsOf(join(root, file));
    imports += named.size;
    const module = modules.get(file);
    if (module === undefined) {
      findings.push(`${file} was not read, so nothing is known of its imports.`);
      continue;
    }
    const seen = new Set(module.dependencies.map(({ protocol = '', module }) => `${protocol}${module}`));
    const missed = [...named].filter((name) => !seen.has(name));
    if (missed.length > 0) findings.push(`${file} imports ${missed.join(', ')}, which was not seen.`);
  }
  if (listed.length === 0) findings.push('There is no file to check.');
  return { imports, findings };
}

function importsOf(file: string): Set<string> {
  const text = readFileSync(file, 'utf8');
  const { importedFiles } = ts.preProcessFile(text);
  // `declare module 'x'` adds to the types of a package, and is listed as well.
  const imported = importedFiles.filter(({ pos }) => !/declare module\s*$/.test(text.slice(0, pos)));
  return new Set(imported.map(({ fileName }) => fileName));
}
