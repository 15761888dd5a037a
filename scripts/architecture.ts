/** Part of `npm run check`: who may import whom. */
import { fileURLToPath } from 'node:url';
import { checkArchitecture, listedFiles } from './architecture/check.ts';
import { RULES } from './architecture/rules.ts';
import { command } from './say.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

await command(async () => {
  const { files, imports, findings } = await checkArchitecture(ROOT, listedFiles(ROOT));
  for (const finding of findings) console.error(finding);
  const read = `${files} files with ${imports} imports were held against ${RULES.length} rules`;
  console.log(
    findings.length === 0 ? `Architecture: ${read}.` : `Architecture: ${read}; ${findings.length} broken.`,
  );
  return findings.length === 0 ? 0 : 1;
});
