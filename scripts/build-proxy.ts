/**
 * The proxy as plain JavaScript in dist/proxy. Run straight from TypeScript it begins with 115 MB instead of 83, the
 * difference being the compiler's. Packages stay where they are, unbundled.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { command, Refusal } from './say.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
// As deep as src/proxy, so that what is looked up from there is found from here.
const FOLDER = join(ROOT, 'dist/proxy');

/** Whole files only, the entry last: a proxy that starts meanwhile reads the last build or this one. */
async function buildProxy(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'src/proxy/cli.ts')],
    outdir: FOLDER,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
    write: false,
  }).catch((error: Error) => {
    throw new Refusal(`The proxy was not built. ${error.message}`);
  });
  await mkdir(FOLDER, { recursive: true });
  const entryLast = outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)));
  for (const { path, contents } of entryLast) {
    const fresh = `${path}.${process.pid}`;
    await writeFile(fresh, contents);
    await rename(fresh, path);
  }
  const current = new Set(outputFiles.map(({ path }) => basename(path)));
  for (const name of await readdir(FOLDER))
    if (name.endsWith('.mjs') && !current.has(name)) await rm(join(FOLDER, name), { force: true });
}

const isEntry = (path: string) => basename(path) === 'cli.mjs';

await command(async () => {
  await buildProxy();
  return 0;
});
