/** `npm run fuzz`: bad requests for a real proxy, bad messages for the worker. `--help` says how. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { command, Refusal } from './say.ts';

const USAGE = `npm run fuzz                  100,000 bad requests and 20,000 bad messages, with a seed of the moment
npm run fuzz -- --small       3,000 and 1,000
npm run fuzz -- --seed N      the same again`;

const { values } = parseArgs({
  options: { small: { type: 'boolean' }, seed: { type: 'string' }, help: { type: 'boolean' } },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

await command(async () => {
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  if (!Number.isSafeInteger(seed))
    throw new Refusal(`--seed needs a whole number, not “${values.seed}”.\n${USAGE}`);
  const { fuzz } = await import('../test/fuzz/fuzz.ts');
  const report = await fuzz({ seed, say, ...(values.small ? { requests: 3_000, messages: 1_000 } : {}) });
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/fuzz.json', `${JSON.stringify(report, null, 2)}\n`);
  for (const { kind, where, times } of report.findings) say(`${kind}: ${where} (${times} times)`);
  say('reports/fuzz.json is written.');
  say(
    `${report.requests} bad requests and ${report.messages} bad messages in ${report.seconds} s, seed ${seed}: ` +
      `${report.findings.length} findings`,
  );
  return report.findings.length === 0 ? 0 : 1;
});
