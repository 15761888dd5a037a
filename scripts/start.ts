import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { runDemo } from '../sandbox/demo.ts';
import { type Sandbox, startSandbox } from '../sandbox/start.ts';
import { readEnvironment, secretsOf } from '../src/proxy/environment.ts';
import { createLog } from '../src/proxy/log.ts';
import { type RunningProxy, startProxy } from '../src/proxy/server.ts';
import { buildExtension } from './build-extension.ts';
import { findChromium } from './find-chromium.ts';
import { holdOnly } from './only-one.ts';
import { command, Refusal } from './say.ts';
import { report, table } from './start-report.ts';

const REPORTS = fileURLToPath(new URL('../reports', import.meta.url));

function readArguments(): { headless: boolean } {
  try {
    const { values } = parseArgs({ options: { headless: { type: 'boolean' } } });
    return { headless: values.headless ?? !hasDisplay() };
  } catch (error) {
    throw new Refusal(`${(error as Error).message} npm start knows one: npm start -- --headless`);
  }
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** On a free port, unless PORT names one. What it logs goes to a file, so that the terminal stays readable. */
async function startDemoProxy(sandbox: Sandbox): Promise<RunningProxy> {
  const variables = { ...sandbox.env, ...(process.env.PORT && { PORT: process.env.PORT }) };
  const environment = readEnvironment(variables);
  const file = pino.destination({
    dest: join(REPORTS, 'start-proxy.log'),
    mkdir: true,
    append: false,
    sync: true,
  });
  try {
    return await startProxy(variables, createLog('info', secretsOf(environment), file));
  } catch (error) {
    throw process.env.PORT ? new Refusal((error as Error).message) : error;
  }
}

/** An interruption ends everything at once, except while it is the person's turn: then it is how they say so. */
let onInterrupt: () => void = () => process.exit(130);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => onInterrupt());

/** Until the person closes the browser or presses Ctrl+C. */
function theirTurn(browser: { once(event: 'disconnected', listener: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => {
    browser.once('disconnected', resolve);
    onInterrupt = resolve;
  });
}

async function start(): Promise<number> {
  const { headless } = readArguments();
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const say = (line: string) => console.log(`${seconds().toFixed(0).padStart(3)} s  ${line}`);
  await holdOnly('start', 'npm start is running here already: use that one, or end it first.');

  say('Looking for a Chromium');
  const chromium = await findChromium();
  say(`Building the extension for ${chromium}`);
  await buildExtension();
  const sandbox = await startSandbox();
  try {
    const proxy = await startDemoProxy(sandbox);
    try {
      say(`Sandbox and proxy are up: ${proxy.url}`);
      const screens = join(REPORTS, 'screens');
      const demo = await runDemo({ sandbox, proxy, chromium, headless, screens, say });
      const result = report(demo, seconds());
      await mkdir(REPORTS, { recursive: true });
      await writeFile(join(REPORTS, 'start.json'), `${JSON.stringify(result, null, 2)}\n`);
      console.log(table(demo));
      for (const { kind, reward, what } of demo.account.findings)
        console.error(`${kind}: reward ${reward} ${what}`);
      const good = result.duplicates === 0 && result.lost === 0;
      console.log(
        `${result.duplicates} paid twice, ${result.lost} lost, in ${result.seconds} s. Screenshots: ${screens}`,
      );
      if (!headless) {
        console.log(`\nIt is yours now: the browser stays open with the extension paired.
  Participants  https://app.impact.com/secure/advertiser/advocate/participants.ihtml (in that browser)
  Stripe        ${sandbox.stripe.url}
  Proxy         ${proxy.url}
Close the browser or press Ctrl+C to end everything.`);
        await theirTurn(demo.hands.browser);
      }
      await demo.hands.close();
      return good ? 0 : 1;
    } finally {
      await proxy.close();
    }
  } finally {
    await sandbox.close();
  }
}

await command(start);
