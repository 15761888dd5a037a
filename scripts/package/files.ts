/** What goes into the packages. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { File } from './zip.ts';

const run = promisify(execFile);

/** Made by us, installed, or somebody's own. What git ignores, for a tree without git. */
const NOT_SOURCE = /^(node_modules|dist|reports)\/|^\.env$/;

async function namesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

async function read(folder: string, paths: readonly string[]): Promise<File[]> {
  const files: File[] = [];
  for (const path of paths) {
    const [bytes, { mode }] = await Promise.all([readFile(join(folder, path)), stat(join(folder, path))]);
    files.push({ path, bytes: new Uint8Array(bytes), executable: (mode & 0o100) !== 0 });
  }
  return files;
}

/** A build of the extension as a store gets it: maps stay here, since reviewers get the source itself. */
export async function builtFiles(folder: string): Promise<File[]> {
  const files = await read(
    folder,
    (await namesBelow(folder)).filter((path) => !path.endsWith('.map')),
  );
  return files.map(({ path, bytes }) => ({ path, bytes }));
}

export type Source = { files: File[]; changed: boolean };

/** Everything that git knows; everything there is, in a tree that was unpacked from such an archive. */
export async function sourceFiles(root: string): Promise<Source> {
  if (!existsSync(join(root, '.git')))
    return {
      files: await read(
        root,
        (await namesBelow(root)).filter((path) => !NOT_SOURCE.test(path)),
      ),
      changed: false,
    };
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })).stdout;
  const names = (await git('ls-files', '-z')).split('\0').filter((path) => path !== '');
  const there = names.filter((path) => existsSync(join(root, path)));
  return { files: await read(root, there), changed: (await git('status', '--porcelain')) !== '' };
}
