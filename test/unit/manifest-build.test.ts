import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFolder } from '../../scripts/build-extension.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const at = (name: string) => join(root, name);
const folder = async (name: string, says: string) => {
  await mkdir(at(name));
  await writeFile(join(at(name), 'says'), says);
};
const said = (name: string) => readFile(join(at(name), 'says'), 'utf8');

test('a new build takes the place of the last one, which is set aside and not deleted before', async () => {
  await folder('fresh', 'new');
  await folder('chrome', 'old');
  await replaceFolder(at('fresh'), at('chrome'), at('aside'));
  expect(await said('chrome')).toBe('new');
  expect(await said('aside')).toBe('old');
});

test('the first build has nothing to set aside', async () => {
  await folder('fresh', 'new');
  await replaceFolder(at('fresh'), at('chrome'), at('aside'));
  expect(await said('chrome')).toBe('new');
});

test('a build that cannot be put in place leaves the last good one there', async () => {
  await folder('chrome', 'old');
  await expect(replaceFolder(at('fresh'), at('chrome'), at('aside'))).rejects.toThrow();
  expect(await said('chrome')).toBe('old');
});
