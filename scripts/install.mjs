// Installs the dependencies when they are not those of package-lock.json. Plain JavaScript, nothing from npm.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Said to the person as one sentence, without a stack. */
export class Refusal extends Error {}

const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

/**
 * npm writes what it installed to node_modules/.package-lock.json as its last act, so an install that was cut off
 * does not pass for one. Optional packages are those of other machines.
 */
export function isInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (!wanted || !present) return false;
  return (
    Object.entries(wanted).every(
      ([path, { version, optional, devOptional }]) =>
        path === '' || present[path]?.version === version || ((optional || devOptional) && !present[path]),
    ) && Object.keys(present).every((path) => wanted[path])
  );
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const LONGEST_INSTALL_MS = 10 * 60_000;

/** Left behind by a run that was killed; its process id may belong to another program by now. */
function isAbandoned(lock) {
  try {
    return (
      !isAlive(Number(readFileSync(lock, 'utf8'))) || Date.now() - statSync(lock).mtimeMs > LONGEST_INSTALL_MS
    );
  } catch (error) {
    return error.code === 'ENOENT';
  }
}

/** Two runs at once must not both install: the second waits for the first and finds the work done. */
async function withLock(root, work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `advocate-credits-install-${name}`);
  for (let told = false; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else if (!told) {
      console.log('Another run is installing the dependencies; waiting for it …');
      told = true;
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function npm(root, args) {
  return new Promise((resolve) => {
    // A shell, because npm is a .cmd file on Windows.
    const child = spawn(`npm ${args} --no-audit --no-fund --no-progress --loglevel=error`, {
      cwd: root,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PUPPETEER_SKIP_DOWNLOAD: '1' },
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(0, 8000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('exit', (code) => resolve({ code, output }));
  });
}

const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;

const unreachable = (error) =>
  new Refusal(
    `The dependencies could not be installed: npm cannot reach its registry (${error}). ` +
      'Go online, or name a registry that you can reach with "npm config set registry", and try again.',
  );

async function install(root) {
  // Asked first, because an install without a network tries for minutes. npm asks, since it knows its own proxies.
  const [offline] = NETWORK.exec((await npm(root, 'ping --fetch-retries=1')).output) ?? [];
  const { code, output } = await npm(root, offline ? 'ci --offline' : 'ci');
  if (code === 0) return;
  if (offline) throw unreachable(offline);
  const [broken] = NETWORK.exec(output) ?? [];
  if (broken) throw unreachable(broken);
  throw new Refusal(
    `The dependencies could not be installed. npm said:\n${output.split('\n').slice(0, 12).join('\n').trim()}`,
  );
}

export async function installDependencies(root) {
  if (isInstalled(root)) return;
  await withLock(root, async () => {
    if (isInstalled(root)) return;
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    console.log('Installing the dependencies (once; about a minute) …');
    const ticker = setInterval(() => console.log(`  still installing, ${seconds()} s`), 10_000);
    try {
      await install(root);
    } finally {
      clearInterval(ticker);
    }
    console.log(`Dependencies installed in ${seconds()} s.`);
  });
}
