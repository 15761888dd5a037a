import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('.env.example names every variable that the proxy reads, and no other', async () => {
  const source = await read('src/proxy/environment.ts');
  const asked = [...source.matchAll(/(?:get|url)\(\s*[`']([A-Z_]+)(\$\{suffix\})?[`']/g)].flatMap(
    ([, name, mode]) => (mode ? [`${name}TEST`, `${name}LIVE`] : [String(name)]),
  );
  const example = await read('.env.example');
  const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => String(name));
  expect(named.sort()).toEqual([...new Set(asked)].sort());
});
