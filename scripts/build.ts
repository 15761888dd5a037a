import { buildExtension } from './build-extension.ts';
import { command } from './say.ts';

await command(async () => {
  for (const { file, kilobytes, budget } of await buildExtension())
    console.log(`${file.padEnd(14)} ${kilobytes.toFixed(1).padStart(5)} kB brotli, budget ${budget} kB`);
  console.log('Built dist/chrome and dist/firefox.');
  return 0;
});
