/** `npm run load`: many browsers at once at one proxy. `--help` says how. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { command, Refusal } from './say.ts';

const USAGE = `npm run load                1,000 browsers, 200 lookups and 100 credits a second, for five minutes
npm run load -- --seconds N for so long
npm run load -- --small     50 browsers, 20 lookups and 10 credits a second, for ten seconds`;

const { values } = parseArgs({
  options: { small: { type: 'boolean' }, seconds: { type: 'string' }, help: { type: 'boolean' } },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const FULL = { seconds: 300, browsers: 1_000, lookupsASecond: 200, creditsASecond: 100 };
/** Memory is flat where no more than this is in use in the end, and of all that is held no more is added a minute. */
const FLAT = { inUseMb: 10, part: 0.05 };
const SMALL = { seconds: 10, browsers: 50, lookupsASecond: 20, creditsASecond: 10 };

await command(async () => {
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const { load } = await import('../bench/load.ts');
  const size = values.small ? SMALL : FULL;
  const seconds = Number(values.seconds ?? size.seconds);
  if (!Number.isSafeInteger(seconds) || seconds < 1)
    throw new Refusal(`--seconds needs a whole number, not “${values.seconds}”.\n${USAGE}`);
  const report = await load({ ...size, seconds }, say);
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/load.json', `${JSON.stringify(report, null, 2)}\n`);
  for (const [what, { asked, errors, p50, p99 }] of Object.entries(report.rows))
    say(`${what}: ${asked} asked, ${errors} errors, p50 ${p50} ms, p99 ${p99} ms`);
  for (const [what, times] of Object.entries(report.errors)) say(`  ${what}: ${times} times`);
  const { memory, rewards, cores } = report;
  const { early, late } = memory.inUse;
  say(
    `memory: ${memory.first} MB first, ${memory.last} MB last, ${memory.growthAMinute ?? '?'} MB more a minute; ` +
      `in use ${early} MB early, ${late} MB late`,
  );
  say(
    `rewards: ${rewards.due} due, ${rewards.asked} asked, ${rewards.paid} paid, ${rewards.paidTwice} paid twice`,
  );
  say(
    `cores: ${cores.busy} of ${cores.of} busy: proxy ${cores.proxy}, simulators ${cores.simulators}, this ${cores.load}`,
  );
  say('reports/load.json is written.');
  const isWhole = rewards.asked === rewards.due && rewards.paid === rewards.due && rewards.paidTwice === 0;
  const isFlat =
    memory.growthAMinute === null ||
    (late - early <= FLAT.inUseMb && memory.growthAMinute <= memory.last * FLAT.part);
  if (!isFlat) say('Memory is not flat.');
  return Object.keys(report.errors).length === 0 && isWhole && isFlat ? 0 : 1;
});
