import { buildExtension } from './build-extension.ts';
import { findChromium } from './find-chromium.ts';
import { command } from './say.ts';
import { runVitest } from './vitest.ts';

await command(async () => {
  const chromium = await findChromium();
  await buildExtension();
  return runVitest(process.argv.slice(2), { CHROMIUM_PATH: chromium });
});
