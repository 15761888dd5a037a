/** The real `npm run package`, in two places that have nothing in common but the source. */
import { execFile } from 'node:child_process';
import { chmod, copyFile, link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { expect, onTestFinished, test } from 'vitest';
import { sourceFiles } from '../../scripts/package/files.ts';
import type { File } from '../../scripts/package/zip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const PATIENCE_MS = 300_000;

async function write(folder: string, files: readonly File[]): Promise<void> {
  for (const { path, bytes, executable } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
    if (executable) await chmod(join(folder, path), 0o755);
  }
}

/** As after `npm ci`, without the time that takes: the same files under another name. */
async function lendPackages(folder: string): Promise<void> {
  const from = join(ROOT, 'node_modules');
  const to = join(folder, 'node_modules');
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    // The Node that runs this runs that too.
    if (source.startsWith(join(from, 'node-')) || source.startsWith(join(from, 'node/'))) continue;
    await mkdir(dirname(target), { recursive: true });
    await link(source, target).catch(() => copyFile(source, target));
  }
}

async function pack(folder: string, where: { TZ: string; LC_ALL: string }): Promise<string> {
  const env = { ...process.env, ...where };
  await run(process.execPath, ['scripts/package.ts'], { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 });
  return readFile(join(folder, 'dist/packages/SHA256SUMS'), 'utf8');
}

test(
  'a clone, and what a reviewer unpacked from the source archive elsewhere, make the same bytes',
  async () => {
    const home = await mkdtemp(join(tmpdir(), 'packages-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));

    const clone = join(home, 'clone');
    const { files } = await sourceFiles(ROOT);
    await write(clone, files.toReversed());
    await run('git', ['init', '--quiet'], { cwd: clone });
    await run('git', ['add', '--all'], { cwd: clone });
    await lendPackages(clone);
    const sums = await pack(clone, { TZ: 'Pacific/Auckland', LC_ALL: 'cs_CZ.UTF-8' });
    expect(sums.trim().split('\n')).toHaveLength(6);

    const archive = /\S+-source\.zip/.exec(sums)?.[0] ?? 'none';
    const unpacked = unzipSync(await readFile(join(clone, 'dist/packages', archive)));
    const deeper = join(home, 'at/the/reviewer’s', 'source of it');
    const modes = new Map(files.map(({ path, executable }) => [path, executable ?? false]));
    await write(
      deeper,
      Object.entries(unpacked).map(([path, bytes]) => ({
        path,
        bytes,
        executable: modes.get(path) ?? false,
      })),
    );
    await lendPackages(deeper);
    expect(await pack(deeper, { TZ: 'America/Los_Angeles', LC_ALL: 'en_US.UTF-8' })).toBe(sums);
  },
  PATIENCE_MS,
);
