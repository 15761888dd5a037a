/** What `npm run package` refuses, and that nothing but contents decides a package's bytes. */
import { readdir, readFile } from 'node:fs/promises';
import { strFromU8, strToU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type Known, type Report, unlisted } from '../../scripts/package/lint.ts';
import { asksOf, missing, unexplained } from '../../scripts/package/manifest.ts';
import { packagesIn, readLock, sbom } from '../../scripts/package/sbom.ts';
import { zip } from '../../scripts/package/zip.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFile(at(path), 'utf8');
const file = (path: string, text: string) => ({ path, bytes: strToU8(text) });

test('a zip has the same bytes whatever the order in which its files were found, and gives them back', () => {
  const files = [file('b/2.js', 'two'), file('a.txt', 'one'), file('B.txt', 'three')];
  const packed = zip(files);
  expect(zip(files.toReversed())).toEqual(packed);
  const unpacked = Object.entries(unzipSync(packed)).map(([path, bytes]) => [path, strFromU8(bytes)]);
  expect(unpacked).toEqual([
    ['B.txt', 'three'],
    ['a.txt', 'one'],
    ['b/2.js', 'two'],
  ]);
});

test('a zip has the same bytes in every time zone and on every day', async () => {
  const script = `
    import { zip } from ${JSON.stringify(at('scripts/package/zip.ts').href)};
    process.stdout.write(Buffer.from(zip([{ path: 'a', bytes: new Uint8Array([1]) }])).toString('hex'));`;
  const { execFileSync } = await import('node:child_process');
  const inZone = (TZ: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const here = Buffer.from(zip([{ path: 'a', bytes: new Uint8Array([1]) }])).toString('hex');
  expect(inZone('Pacific/Auckland')).toBe(here);
  expect(inZone('America/Los_Angeles')).toBe(here);
});

const manifest = {
  permissions: ['storage'],
  host_permissions: ['http://localhost/*'],
  browser_specific_settings: { gecko: { data_collection_permissions: { required: ['websiteContent'] } } },
};
const REASON = 'because of what it is needed for';
const document = (...asks: string[]) =>
  asks.map((ask) => `| \`${ask.split(' ')[0]}\` | \`${ask.split(' ')[1]}\` | ${REASON} |`).join('\n');

test('a permission without a reason, and a reason without its permission, are both told', () => {
  const asks = asksOf(manifest);
  expect(asks).toHaveLength(3);
  expect(unexplained([manifest], document(...asks))).toEqual([]);
  expect(unexplained([manifest], document(...asks.slice(1)))).toEqual([
    'permissions storage is asked for without a reason',
  ]);
  expect(unexplained([manifest], document(...asks, 'permissions tabs'))).toEqual([
    'permissions tabs is explained, but not asked for',
  ]);
  expect(unexplained([manifest], document(...asks).replace(REASON, 'needed'))).toEqual([
    'permissions storage has no reason beside it',
  ]);
});

test('the document explains just what the manifest asks for', async () => {
  const own = JSON.parse(await read('manifest.json'));
  expect(asksOf(own).length).toBeGreaterThan(10);
  expect(unexplained([own], await read('docs/permissions.md'))).toEqual([]);
});

test('files that the manifest, a page or a script names and the package lacks are told', () => {
  const files = [
    file('popup/index.html', '<link href="popup.css"><script type="module" src="index.js"></script>'),
    file('popup/index.js', 'import{a}from"./chunk-A.js";const b=()=>import("./later.js")'),
    file('popup/popup.css', ''),
  ];
  const names = { action: { default_popup: 'popup/index.html' }, default_locale: 'en', icon: 'icons/16.png' };
  expect(missing(names, files)).toEqual([
    '_locales/en/messages.json',
    'icons/16.png',
    'popup/chunk-A.js',
    'popup/later.js',
  ]);
});

const warning = { code: 'W', message: 'w', file: 'popup/chunk-ABCD1234.js' };
const known: Known = [{ code: 'W', file: 'popup/chunk-*.js', times: 1, reason: REASON }];
const report = (some: Partial<Report>): Report => ({ errors: [], warnings: [], notices: [], ...some });

test('what the linter finds is what is listed: no error, no warning more, none less', () => {
  expect(unlisted(report({ warnings: [warning] }), known)).toEqual([]);
  expect(unlisted(report({ warnings: [warning, warning] }), known)).toEqual([
    'warning W popup/chunk-*.js: found 2, listed 1',
  ]);
  expect(unlisted(report({}), known)).toEqual(['warning W popup/chunk-*.js: found 0, listed 1']);
  expect(unlisted(report({ warnings: [warning], notices: [{ ...warning, code: 'N' }] }), known)).toEqual([
    'warning N popup/chunk-*.js: found 1, listed 0',
  ]);
  expect(unlisted(report({ warnings: [warning], errors: [{ ...warning, line: 3 }] }), known)).toEqual([
    'error W in popup/chunk-ABCD1234.js:3: w',
  ]);
});

test('nothing sets HTML from a string, as the list of known warnings says', async () => {
  const names = (await readdir(at('src'), { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) {
    const text = await read(`src/${name}`);
    expect(text, name).not.toMatch(/dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=|insertAdjacentHTML/);
  }
});

test('a bill of materials names what went into the build and nothing else, with version, licence and hash', async () => {
  const lock = readLock(await read('package-lock.json'));
  const map = JSON.stringify({
    sources: ['../../src/popup/index.tsx', '../../node_modules/@preact/signals/dist/a.js'],
  });
  const other = JSON.stringify({ sources: ['../node_modules/@preact/signals-core/b.js'] });
  const folders = packagesIn([map, other]);
  const text = await sbom(lock, 'the-package', folders);
  expect(await sbom(lock, 'the-package', new Set([...folders].reverse()))).toBe(text);
  expect(text).not.toMatch(/timestamp|serialNumber/);
  const bom = JSON.parse(text);
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'the-package' } } });
  const { version } = lock.packages['node_modules/@preact/signals'] ?? {};
  expect(bom.components.map(({ purl }: { purl: string }) => purl.split('@')[0])).toEqual([
    'pkg:npm/%40preact/signals',
    'pkg:npm/%40preact/signals-core',
  ]);
  expect(bom.components[0]).toMatchObject({
    version,
    licenses: [{ license: { id: 'MIT' } }],
    hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
  });
  expect(bom.dependencies).toContainEqual({
    ref: `@preact/signals@${version}`,
    dependsOn: [expect.stringMatching(/^@preact\/signals-core@/)],
  });
  await expect(sbom(lock, 'the-package', new Set(['node_modules/unheard-of']))).rejects.toThrow(
    'does not name',
  );
});
