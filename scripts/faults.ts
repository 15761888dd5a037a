/** `npm run faults`: the proofs that no reward is paid twice or lost. `--help` says which there are. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const USAGE = `npm run faults -- --schedules 10000 --seed 1   random schedules of faults, people and time, simulated
npm run faults -- --seed N --path P            one failing schedule of a part again, as told when it failed
npm run faults -- --exhaustive                 the small case in every order, with any one fault at any step
npm run faults -- --real [--rounds 100]        kill -9 of the proxy, of workers and of browsers, for real
npm run faults -- --postgres [--rounds 100]    four proxies, fifty browsers, one PostgreSQL: kill -9, cut connections
npm run faults -- --guards                     each guard taken out once: a test must go red
npm run faults -- --reconcile [--rewards N]    the one-to-one proof over 100,000 rewards, and its memory`;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string' },
    seed: { type: 'string', default: '1' },
    path: { type: 'string' },
    exhaustive: { type: 'boolean' },
    real: { type: 'boolean' },
    postgres: { type: 'boolean' },
    rounds: { type: 'string', default: '100' },
    guards: { type: 'boolean' },
    reconcile: { type: 'boolean' },
    rewards: { type: 'string', default: '100000' },
    help: { type: 'boolean' },
  },
});

const whole = (name: string, text: string) => {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new Error(`--${name} needs a whole number, not “${text}”.\n${USAGE}`);
  return number;
};
const say = (line: string) => void process.stdout.write(`${line}\n`);
const seed = whole('seed', values.seed);

function report(name: string, content: unknown): void {
  mkdirSync('reports', { recursive: true });
  writeFileSync(`reports/${name}.json`, `${JSON.stringify(content, null, 2)}\n`);
  say(`reports/${name}.json is written.`);
}

async function main(): Promise<boolean> {
  if (values.help) {
    say(USAGE);
    return true;
  }
  if (values.guards) {
    const { stayedGreen } = await (await import('../test/faults/guards-off.ts')).switchGuardsOff();
    return stayedGreen.length === 0;
  }
  if (values.reconcile)
    return (await import('../test/faults/reconcile-at-size.ts')).reconcileAtSize(
      whole('rewards', values.rewards),
    );
  if (values.real) {
    await (await import('./build-extension.ts')).buildExtension();
    const { realCrashes } = await import('../test/faults/real-crashes.ts');
    const ended = await realCrashes({ rounds: whole('rounds', values.rounds), seed });
    report('faults-real', ended);
    return ended.duplicates + ended.lost + ended.wrong === 0;
  }
  if (values.postgres) {
    const { findPostgres, startPostgres } = await import('../test/support/postgres.ts');
    const bin = findPostgres();
    if (bin === null) {
      say('PostgreSQL is not installed here (Debian: apt-get install postgresql), so NOTHING was proved.');
      return false;
    }
    const { crowd } = await import('../test/faults/crowd.ts');
    const server = await startPostgres(bin);
    try {
      const ended = await crowd(server.url, { rounds: whole('rounds', values.rounds), seed, say });
      report('faults-postgres', ended);
      return ended.duplicates + ended.lost + ended.wrong === 0;
    } finally {
      await server.stop();
    }
  }
  if (values.exhaustive) {
    const { explore } = await import('../test/faults/simulation/explore.ts');
    const ended = await explore(say);
    report('faults-exhaustive', ended);
    return ended.violations === 0;
  }
  if (values.path !== undefined) return again(values.path);
  return sample(whole('schedules', values.schedules ?? '1000'));
}

async function sample(schedules: number): Promise<boolean> {
  const { runSchedules } = await import('../test/faults/simulation/run-schedules.ts');
  const started = performance.now();
  const { tellFailure } = await import('../test/faults/simulation/tell-failure.ts');
  const ended = await runSchedules(schedules, seed, ({ part, failure }, sofar) => {
    if (failure !== null) say(tellFailure(part, failure));
    else if (sofar % 1000 < part.schedules) say(`${sofar} schedules`);
  });
  const { duplicates, lost, violations, perFault } = ended;
  report('faults', ended);
  say(
    Object.entries(perFault)
      .map(([fault, count]) => `${fault} ${count}`)
      .join(' · '),
  );
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  say(
    `${ended.schedules} schedules in ${minutes} min: ${duplicates} paid twice, ${lost} lost, ${violations} violations`,
  );
  return ended.schedules >= schedules && duplicates + lost + violations === 0;
}

async function again(path: string): Promise<boolean> {
  const { runPart } = await import('../test/faults/simulation/run-schedules.ts');
  const { tellFailure } = await import('../test/faults/simulation/tell-failure.ts');
  const part = { seed, schedules: 1, path };
  const { failure } = await runPart(part);
  say(failure === null ? 'This schedule holds now.' : tellFailure(part, failure));
  return failure === null;
}

if (!(await main())) process.exitCode = 1;
