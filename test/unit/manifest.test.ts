import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { filesNamedIn, forChrome, forFirefox, type Manifest } from '../../scripts/derive-manifest.ts';

const manifest: Manifest = JSON.parse(
  await readFile(new URL('../../manifest.json', import.meta.url), 'utf8'),
);

test('asks for the fewest permissions: no tabs, no browsing history, no site beyond the two and the proxy', () => {
  expect(manifest.permissions).toEqual(['storage', 'alarms', 'unlimitedStorage', 'notifications']);
  expect(manifest.host_permissions).toEqual(['http://127.0.0.1/*', 'http://localhost/*']);
  expect(manifest.optional_host_permissions).toEqual(['https://*/*']);
  expect(manifest.content_scripts).toMatchObject([
    { matches: ['https://app.impact.com/*', 'https://app.referralsaasquatch.com/*'] },
  ]);
  // The code of recogniser and card, which holds no secret, and only for the pages that it is for.
  expect(manifest.web_accessible_resources).toEqual([
    {
      resources: ['recogniser.js', 'card.js'],
      matches: ['https://app.impact.com/*', 'https://app.referralsaasquatch.com/*'],
    },
  ]);
});

test('no page of the extension runs foreign code, and a proxy on this machine is not forced to TLS', () => {
  const { extension_pages: policy } = manifest.content_security_policy as Record<string, string>;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self';/);
  expect(policy).not.toMatch(/unsafe|upgrade-insecure-requests/);
});

test('Chrome gets a service worker, Firefox an event page and the truth about what leaves the browser', () => {
  const chrome = forChrome(manifest);
  expect(chrome.background).toEqual({ service_worker: 'background.js', type: 'module' });
  expect(chrome).not.toHaveProperty('browser_specific_settings');

  const firefox = forFirefox(manifest);
  expect(firefox.background).toEqual({ scripts: ['background.js'], type: 'module' });
  expect(firefox).not.toHaveProperty('minimum_chrome_version');
  expect(firefox.browser_specific_settings).toMatchObject({
    gecko: { data_collection_permissions: { required: expect.not.arrayContaining(['none']) } },
  });
});

test('promises the oldest browsers it is built for, and Firefox from the first release with our permissions', () => {
  expect(manifest.minimum_chrome_version).toBe('120');
  expect(manifest.browser_specific_settings).toMatchObject({ gecko: { strict_min_version: '140.0' } });
});

test('where a browser lacks light-dark(), which came with Chrome 123, each such colour has its light one', async () => {
  const css = await readFile(new URL('../../src/ui/tokens.css', import.meta.url), 'utf8');
  const [usual = '', old = ''] = css.split('@supports not (color: light-dark(#000, #000))');
  const both = [...usual.matchAll(/(--[\w-]+): light-dark\((#\w+), #\w+\);/g)];
  expect(both.length).toBeGreaterThan(15);
  for (const [, name, light] of both) expect(old).toContain(`    ${name}: ${light};`);
});

test('no script uses what came to Chrome after 120 and to no bundler: it would fail only there', async () => {
  const { readdir } = await import('node:fs/promises');
  const src = new URL('../../src/', import.meta.url);
  const names = (await readdir(src, { recursive: true })).filter(
    (name) => /\.tsx?$/.test(name) && !name.startsWith('proxy'),
  );
  expect(names.length).toBeGreaterThan(100);
  const newer =
    /\bURL\.parse\(|Array\.fromAsync|Promise\.try|RegExp\.escape|\.(union|intersection|difference|isSubsetOf|isSupersetOf|isDisjointFrom)\(|\.(values|entries|keys)\(\)\.(map|filter|some|every|find|toArray|reduce|take|drop|flatMap|forEach)\(/;
  for (const name of names) expect(await readFile(new URL(name, src), 'utf8'), name).not.toMatch(newer);
});

test('every file that the manifest names is looked for', () => {
  expect(filesNamedIn(manifest)).toEqual(
    expect.arrayContaining(['background.js', 'content.js', 'popup/index.html', 'icons/icon-128.png']),
  );
});
