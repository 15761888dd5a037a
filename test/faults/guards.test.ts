import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { guards } from './guards.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);

test('the list of guards is up to date: what switches each off stands exactly once in its file', () => {
  const out = guards().flatMap(({ guard, file, find, tests }) => {
    const times = readFileSync(at(file), 'utf8').split(find).length - 1;
    const missing = tests.filter((path) => !existsSync(at(path)));
    const wrong = [...(times === 1 ? [] : [`found ${times} times`]), ...missing.map((path) => `no ${path}`)];
    return wrong.map((what) => `${file}: ${guard}: ${what}`);
  });
  expect(out).toEqual([]);
});
