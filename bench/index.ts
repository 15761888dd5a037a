/** `npm run bench`: every row beside its limit, as one table and reports/bench.json. `--help` says how. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { flame } from './flame.ts';
import { judge, NotHere, type Result } from './row.ts';
import { ROWS } from './rows.ts';
import { tableOf } from './table.ts';

const USAGE = `npm run bench                         every row at its full size (about an hour, on a quiet machine)
npm run bench -- --small              small sizes: whether every row still measures, in about a minute
npm run bench -- --only enqueue,ledger
npm run bench -- --strict             ends with 1 where a target is missed
npm run bench -- --flame              where the proxy's time goes in a free drain, as reports/flame.svg

Rows: ${ROWS.map(({ name }) => name).join(', ')}`;

const { values } = parseArgs({
  options: {
    small: { type: 'boolean' },
    strict: { type: 'boolean' },
    only: { type: 'string' },
    flame: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  if (values.help) {
    say(USAGE);
    return true;
  }
  if (values.flame) {
    say(await flame());
    return true;
  }
  const wanted = values.only?.split(',') ?? ROWS.map(({ name }) => name);
  const unknown = wanted.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}.\n${USAGE}`);
  const sizes = values.small ? 'small' : 'full';
  const results: Result[] = [];
  const failed: string[] = [];
  const absent: string[] = [];
  for (const { name, measure } of ROWS.filter((row) => wanted.includes(row.name))) {
    const start = performance.now();
    try {
      const measured = (await measure(sizes)).map(judge);
      results.push(...measured);
      say(`${name} measured in ${((performance.now() - start) / 1000).toFixed(0)} s`);
      // At once as well: a run of an hour that is broken off has said what it found.
      say(tableOf(measured));
    } catch (error) {
      if (error instanceof NotHere) {
        absent.push(`${name}: NOT MEASURED. ${error.message}`);
        continue;
      }
      failed.push(name);
      console.error(`${name} could not be measured:`, error);
    }
  }
  const missed = results.filter(({ ok }) => !ok);
  say(`\n${tableOf(results)}\n`);
  for (const line of absent) say(line);
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/bench.json', `${JSON.stringify(results, null, 2)}\n`);
  say(`reports/bench.json is written. ${cpus().length} cores, ${sizes} sizes.`);
  say(
    `${results.length} measurements, ${missed.length} over their target, ${failed.length} rows failed, ${absent.length} rows not measured`,
  );
  return failed.length === 0 && !(values.strict && (missed.length > 0 || absent.length > 0));
}

if (!(await main())) process.exitCode = 1;
