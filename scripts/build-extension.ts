import { existsSync, globSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { type BuildOptions, build as bundle, type Plugin, transform } from 'esbuild';
import { filesNamedIn, forChrome, forFirefox, type Manifest } from './derive-manifest.ts';
import { writeLocales } from './locales.ts';
import { Refusal } from './say.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');

/** What people download and what runs in other people's pages stays small; brotli kB. */
const BUDGETS = {
  // On every page of Advocate's. The recogniser comes where the page may be about a participant, the card where it is.
  'content.js': 3,
  'recogniser.js': 13,
  'card.js': 18,
  'popup/first-frame.js': 1,
  'popup/index.js': 25,
  'popup/LinkView.js': 10,
  'popup/Setup.js': 10,
  'dashboard/index.js': 45,
  'dashboard/Overview.js': 8,
  'dashboard/reward-views.js': 16,
  'dashboard/other-views.js': 16,
  'dashboard/Unlinked.js': 25,
  'background.js': 30,
};
/** All that a folder's pages may ever load. */
const WHOLE = { 'dashboard/*.js': 90 };

export type Size = { file: string; kilobytes: number; budget: number };

/** As manifest.json promises. What esbuild does not translate, such as light-dark(), says in tokens.css what else there is. */
const TARGET = ['chrome120', 'firefox140'];

/** The words of problems are in `_locales`, in the person's language; titleOf() goes without its English ones. */
const withoutTitles: Plugin = {
  name: 'without-titles',
  setup({ onLoad }) {
    onLoad({ filter: /locales\/en\/problems\.json$/ }, () => ({ contents: '{}', loader: 'json' }));
  },
};

const SHARED: BuildOptions = {
  bundle: true,
  minify: true,
  // Beside the bundle, not named in it: reviewers and stack traces can use them, pages cannot.
  sourcemap: 'external',
  sourcesContent: true,
  target: TARGET,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'silent',
  plugins: [withoutTitles],
};

/** The card puts its styles into its own shadow root; esbuild's own text loader would keep every comment and space. */
const stylesAsText: Plugin = {
  name: 'styles-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const css = await readFile(path, 'utf8');
      const { code } = await transform(css, { loader: 'css', minify: true, target: TARGET });
      return { contents: code, loader: 'text' };
    });
  },
};

/** Chrome compiles what it loads on a thread of its own: with this all functions, and none of them later on the page's. */
const COMPILED_ASIDE: BuildOptions = { banner: { js: '//# allFunctionsCalledOnLoad' } };

function bundles(outdir: string): BuildOptions[] {
  return [
    {
      ...SHARED,
      format: 'esm',
      entryPoints: [{ in: join(SRC, 'background/index.ts'), out: 'background' }],
      outdir,
    },
    {
      ...SHARED,
      format: 'esm',
      entryPoints: [
        { in: join(SRC, 'popup/index.tsx'), out: 'popup/index' },
        { in: join(SRC, 'popup/popup.css'), out: 'popup/popup' },
      ],
      // What is not seen at once does not hold up the popup's opening.
      splitting: true,
      chunkNames: 'popup/[name]-[hash]',
      outdir,
    },
    {
      ...SHARED,
      format: 'iife',
      entryPoints: [{ in: join(SRC, 'popup/first-frame.ts'), out: 'popup/first-frame' }],
      // Loads the popup's own file, as it is built above.
      external: ['./index.js'],
      outdir,
    },
    {
      ...SHARED,
      format: 'esm',
      entryPoints: [
        { in: join(SRC, 'dashboard/index.tsx'), out: 'dashboard/index' },
        { in: join(SRC, 'dashboard/dashboard.css'), out: 'dashboard/dashboard' },
      ],
      // The frame is painted before a view's own code is there.
      splitting: true,
      chunkNames: 'dashboard/[name]-[hash]',
      outdir,
    },
    {
      ...SHARED,
      format: 'iife',
      entryPoints: [{ in: join(SRC, 'content/index.ts'), out: 'content' }],
      outdir,
    },
    {
      ...SHARED,
      ...COMPILED_ASIDE,
      format: 'esm',
      entryPoints: [{ in: join(SRC, 'content/recogniser.ts'), out: 'recogniser' }],
      outdir,
    },
    {
      ...SHARED,
      ...COMPILED_ASIDE,
      format: 'esm',
      entryPoints: [{ in: join(SRC, 'content/card.ts'), out: 'card' }],
      plugins: [withoutTitles, stylesAsText],
      outdir,
    },
  ];
}

/** Opened by address, so that no manifest names it. */
const DASHBOARD = 'dashboard/index.html';
const POPUP = 'popup/index.html';

/** What the manifest and our pages ask for, and is not there. */
async function missingFiles(folder: string, manifest: Manifest): Promise<string[]> {
  const named = [...filesNamedIn(manifest), DASHBOARD];
  for (const page of named.filter((file) => file.endsWith('.html') && existsSync(join(folder, file)))) {
    const html = await readFile(join(folder, page), 'utf8');
    for (const [, file = ''] of html.matchAll(/\s(?:src|href)="([^":#]+)"/g))
      named.push(join(dirname(page), file));
  }
  return named.filter((file) => !existsSync(join(folder, file)));
}

/** All that a file imports before it runs, by their paths in the build. */
async function importedBy(folder: string, file: string, found = new Set<string>()): Promise<Set<string>> {
  const code = await readFile(join(folder, file), 'utf8');
  for (const [, other = ''] of code.matchAll(/(?:from|import)"(\.[^"]+)"/g)) {
    const path = join(dirname(file), other);
    if (found.has(path)) continue;
    found.add(path);
    await importedBy(folder, path, found);
  }
  return found;
}

/** The page, which names all that its script imports: so it is fetched at once, and not one file after the other. */
async function withPreloads(folder: string, page: string): Promise<string> {
  const html = await readFile(join(SRC, page), 'utf8');
  const files = await importedBy(folder, join(dirname(page), 'index.js'));
  const links = [...files].map(
    (file) => `<link rel="modulepreload" href="${relative(dirname(page), file)}" />`,
  );
  return html.replace('  </head>', [...links.map((link) => `    ${link}`), '  </head>'].join('\n'));
}

const packed = async (folder: string, file: string): Promise<number> =>
  brotliCompressSync(await readFile(join(folder, file))).length;

/** Bytes of a file and of all that it imports before it runs; what it loads later is weighed by itself. */
async function bytesOf(folder: string, file: string): Promise<number> {
  const files = [file, ...(await importedBy(folder, file))];
  const bytes = files.map((one) => packed(folder, one));
  return (await Promise.all(bytes)).reduce((sum, one) => sum + one, 0);
}

/** A part that is loaded later has a hash in its name, and shares what its page has loaded already. */
async function bytesOfPart(folder: string, file: string): Promise<number> {
  if (existsSync(join(folder, file))) return bytesOf(folder, file);
  const [name = ''] = file.split('.');
  const built = (await readdir(folder, { recursive: true })).find(
    (each) => each.startsWith(`${name}-`) && each.endsWith('.js'),
  );
  if (built === undefined) throw new Refusal(`The build has no ${file} to weigh.`);
  return packed(folder, built);
}

async function bytesOfAll(folder: string, files: string): Promise<number> {
  const bytes = globSync(files, { cwd: folder }).map((file) => packed(folder, file));
  return (await Promise.all(bytes)).reduce((sum, one) => sum + one, 0);
}

/** What the last build weighs. */
export const weighBuild = (): Promise<Size[]> => weigh(join(ROOT, 'dist/chrome'));

async function weigh(folder: string): Promise<Size[]> {
  const size = async (file: string, budget: number, bytes: Promise<number>) => ({
    file,
    budget,
    kilobytes: Math.ceil((await bytes) / 100) / 10,
  });
  return Promise.all([
    ...Object.entries(BUDGETS).map(([file, budget]) => size(file, budget, bytesOfPart(folder, file))),
    ...Object.entries(WHOLE).map(([files, budget]) => size(files, budget, bytesOfAll(folder, files))),
  ]);
}

function refuse(error: Error): never {
  throw new Refusal(`The extension was not built. ${error.message}`);
}

async function finish(bundled: string, folder: string, manifest: Manifest): Promise<void> {
  await cp(bundled, folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const missing = await missingFiles(folder, manifest);
  if (missing.length > 0)
    throw new Refusal(`The extension names files that were not built: ${missing.join(', ')}.`);
}

/** Removes nothing before its successor stands: a crash in between leaves the last good build under `aside`. */
export async function replaceFolder(fresh: string, folder: string, aside: string): Promise<void> {
  if (existsSync(folder)) await rename(folder, aside);
  try {
    await rename(fresh, folder);
  } catch (error) {
    if (existsSync(aside)) await rename(aside, folder);
    throw error;
  }
}

/** Builds dist/chrome and dist/firefox; a build that fails leaves the last good one where it is. */
export async function buildExtension(): Promise<Size[]> {
  const fresh = join(ROOT, `dist/.fresh-${process.pid}`);
  const bundled = join(fresh, 'bundled');
  try {
    await mkdir(bundled, { recursive: true });
    for (const options of bundles(bundled)) await bundle(options).catch(refuse);
    await writeFile(join(bundled, DASHBOARD), await withPreloads(bundled, DASHBOARD));
    await cp(join(SRC, POPUP), join(bundled, POPUP));
    await cp(join(ROOT, 'icons'), join(bundled, 'icons'), {
      recursive: true,
      filter: (file) => !file.endsWith('.svg'),
    });

    await writeLocales(bundled);

    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const manifest: Manifest = {
      version,
      ...JSON.parse(await readFile(join(ROOT, 'manifest.json'), 'utf8')),
    };
    await finish(bundled, join(fresh, 'chrome'), forChrome(manifest));
    await finish(bundled, join(fresh, 'firefox'), forFirefox(manifest));

    const sizes = await weigh(bundled);
    const heavy = sizes.filter(({ kilobytes, budget }) => kilobytes > budget);
    if (heavy.length > 0) {
      const list = heavy.map(({ file, kilobytes, budget }) => `${file} ${kilobytes} kB of ${budget} kB`);
      throw new Refusal(`The extension is over its size budget (brotli): ${list.join(', ')}.`);
    }
    for (const browser of ['chrome', 'firefox']) {
      await replaceFolder(
        join(fresh, browser),
        join(ROOT, 'dist', browser),
        join(fresh, `${browser}-before`),
      );
    }
    return sizes;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
