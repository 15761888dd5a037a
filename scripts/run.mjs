// `npm run <task>`: installs what is missing, then runs the task with the Node 24 that came with the dependencies.
// Plain JavaScript without imports from npm, so that any Node from 20 on can run it in a fresh clone.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies, Refusal } from './install.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each task runs, one after the other, until one fails. Extra arguments go to the last. */
const TASKS = {
  start: [['scripts/start.ts']],
  test: [['scripts/test.ts']],
  conformance: [['scripts/conformance.ts']],
  faults: [['scripts/faults.ts']],
  fuzz: [['scripts/fuzz.ts']],
  load: [['scripts/load.ts']],
  build: [['scripts/build.ts']],
  package: [['scripts/package.ts']],
  proxy: [['scripts/build-proxy.ts'], ['dist/proxy/cli.mjs']],
  sandbox: [['scripts/sandbox.ts']],
  screens: [['scripts/build.ts'], ['scripts/screens.ts']],
  bench: [['scripts/build.ts'], ['bench/index.ts']],
  store: [['scripts/store.ts']],
  check: [
    ['node_modules/@biomejs/biome/bin/biome', 'ci', ...(process.stdout.isTTY ? [] : ['--colors=off'])],
    ['node_modules/typescript/bin/tsc', '-p', '.'],
    ['scripts/architecture.ts'],
    ['node_modules/knip/bin/knip.js'],
  ],
  coverage: [['scripts/coverage.ts']],
  mutation: [['node_modules/@stryker-mutator/core/bin/stryker.js', 'run']],
};

/** Reconciling reads everything there is, and keeps to its memory only where V8 does not take what it could have. */
const flagsFor = (name, [command]) =>
  name === 'proxy' && command === 'reconcile' ? ['--max-semi-space-size=1', '--optimize-for-size'] : [];

/** Oldest Node that runs TypeScript files as they are, which every task relies on. */
const OLDEST_FOR_TASKS = [22, 18];
const OLDEST_FOR_SETUP = [20, 0];

const isAtLeast = (version, [major, minor]) => {
  const [a = 0, b = 0] = version.replace('v', '').split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** Null where it is absent, or does not run here (another libc or processor). */
function workingNodeFromNpm() {
  const binary = join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) return null;
  const { status, stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return status === 0 && isAtLeast(stdout.trim(), OLDEST_FOR_TASKS) ? binary : null;
}

function findNode() {
  const fromNpm = workingNodeFromNpm();
  if (fromNpm) return fromNpm;
  if (isAtLeast(process.version, OLDEST_FOR_TASKS)) return process.execPath;
  throw new Refusal(
    `The npm package "node" did not bring a Node that runs on this machine, and ${process.version} is too old to go on: ` +
      `install Node ${OLDEST_FOR_TASKS.join('.')} or newer.`,
  );
}

/** Answers the exit code. Signals reach the child, and a child that died of a signal takes us the same way. */
function run(node, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: {
        ...process.env,
        PATH: [dirname(node), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      },
    });
    const forward = (signal) => child.kill(signal);
    // At a terminal Ctrl+C reaches the child by itself; a second copy would read as "stop at once".
    const onInterrupt = (signal) => process.stdin.isTTY || forward(signal);
    process.on('SIGINT', onInterrupt).on('SIGTERM', forward).on('SIGHUP', forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', onInterrupt).off('SIGTERM', forward).off('SIGHUP', forward);
      if (signal) process.kill(process.pid, signal);
      else resolve(code);
    });
  });
}

async function main([name, ...args]) {
  const steps = TASKS[name];
  if (!steps) throw new Refusal(`There is no task "${name ?? ''}". Tasks: ${Object.keys(TASKS).join(', ')}.`);
  if (!isAtLeast(process.version, OLDEST_FOR_SETUP))
    throw new Refusal(`Node ${process.version} is too old: this needs Node ${OLDEST_FOR_SETUP[0]} or newer.`);
  await installDependencies(ROOT);
  const node = findNode();
  for (const [index, step] of steps.entries()) {
    const code = await run(
      node,
      index === steps.length - 1 ? [...flagsFor(name, args), ...step, ...args] : step,
    );
    if (code !== 0) return code;
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
