/** `npm run package`: what the stores get, checked, with a source archive and what it is made of. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { buildExtension } from './build-extension.ts';
import { builtFiles, sourceFiles } from './package/files.ts';
import { Known, lint, unlisted } from './package/lint.ts';
import { missing, unexplained } from './package/manifest.ts';
import { packagesIn, readLock, sbom } from './package/sbom.ts';
import { zip } from './package/zip.ts';
import { command, Refusal } from './say.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/packages');
const BROWSERS = ['chrome', 'firefox'] as const;
const read = (path: string) => readFile(join(ROOT, path), 'utf8');

function refuseAny(what: string, complaints: readonly string[]): void {
  if (complaints.length > 0) throw new Refusal(`${what}\n${complaints.map((one) => `  ${one}`).join('\n')}`);
}

async function mapsOf(browser: string): Promise<string[]> {
  const folder = join(ROOT, 'dist', browser);
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => name.endsWith('.js.map'))
    .sort();
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

async function put(name: string, content: Uint8Array | string): Promise<string> {
  await writeFile(join(OUT, name), content);
  return `${createHash('sha256').update(content).digest('hex')}  ${name}`;
}

async function pack(): Promise<number> {
  await buildExtension();
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  const lock = readLock(await read('package-lock.json'));
  const name = (what: string) => `${lock.name}-${lock.version}-${what}`;
  const sums: string[] = [];
  const manifests: Record<string, unknown>[] = [];
  for (const browser of BROWSERS) {
    const manifest = JSON.parse(await read(`dist/${browser}/manifest.json`)) as Record<string, unknown>;
    manifests.push(manifest);
    const files = await builtFiles(join(ROOT, 'dist', browser));
    refuseAny(`The package for ${browser} lacks files that it names:`, missing(manifest, files));
    sums.push(await put(name(`${browser}.zip`), zip(files)));
    const materials = await sbom(lock, name(browser), packagesIn(await mapsOf(browser)));
    sums.push(await put(name(`${browser}.cdx.json`), materials));
  }
  refuseAny(
    'manifest.json and docs/permissions.md do not say the same:',
    unexplained(manifests, await read('docs/permissions.md')),
  );
  const known = v.parse(Known, JSON.parse(await read('docs/store/lint-warnings.json')));
  const report = await lint(ROOT, join(OUT, name('firefox.zip')));
  refuseAny('The linter found what docs/store/lint-warnings.json does not list:', unlisted(report, known));

  const source = await sourceFiles(ROOT);
  sums.push(await put(name('source.zip'), zip(source.files)));
  sums.push(await put(name('source.cdx.json'), await sbom(lock, name('source'), 'all')));
  await put('SHA256SUMS', `${sums.join('\n')}\n`);
  console.log(sums.join('\n'));
  console.log(
    `Linter: ${report.errors.length} errors, ${report.warnings.length} warnings, all of them listed.`,
  );
  if (source.changed)
    console.log('The source holds changes that no commit has: do not publish these packages.');
  console.log(`Packages for the stores are in ${OUT}.`);
  return 0;
}

await command(pack);
