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
  // The card's code, which holds no secret, and only for the pages that it is for.
  expect(manifest.web_accessible_resources).toEqual([
    {
      resources: ['card.js'],
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

test('promises only browsers that know every style it uses, and Firefox from the first release with our permissions', () => {
  // light-dark() came with Chrome 123 and Firefox 120: developer.mozilla.org/docs/Web/CSS/color_value/light-dark
  expect(Number(manifest.minimum_chrome_version)).toBeGreaterThanOrEqual(123);
  expect(manifest.browser_specific_settings).toMatchObject({ gecko: { strict_min_version: '140.0' } });
});

test('every file that the manifest names is looked for', () => {
  expect(filesNamedIn(manifest)).toEqual(
    expect.arrayContaining(['background.js', 'content.js', 'popup/index.html', 'icons/icon-128.png']),
  );
});
