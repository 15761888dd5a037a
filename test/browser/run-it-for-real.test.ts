/**
 * README's “Run it for real”, followed word for word: its commands are read from it and typed in a fresh clone, its lines of
 * .env filled in, and the simulators stand behind TLS where Stripe and Advocate would.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Hands, openBrowser } from '../../sandbox/hands.ts';
import { startHttpsFront } from '../../sandbox/https-front.ts';
import { account, look } from '../../sandbox/invariants.ts';
import { listen } from '../../sandbox/listen.ts';
import { listenAt } from '../../sandbox/listen-at.ts';
import { readSeed } from '../../sandbox/seed.ts';
import { type Sandbox, startSandbox } from '../../sandbox/start.ts';
import { findChromium } from '../../scripts/find-chromium.ts';
import { sourceFiles } from '../../scripts/package/files.ts';
import { commandsIn, fillIn, section, settingsIn } from '../support/readme.ts';
import { leaveRunning, ownEnvironment, type Running, type } from '../support/terminal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 20 * 60_000;
const SOON = { timeout: 120_000, interval: 250 };
const UNITS = ['STRIPE/USD'];
const RUN_IT = section('Run it for real');
/** Of whoever followed it before. Only what was installed stays. */
const LEFT_BEHIND = [
  '.env',
  'dist',
  'ledger.db',
  'ledger.db-wal',
  'ledger.db-shm',
  'ledger-2026-05-01.db',
  'report.ndjson',
];

let clone = '';
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'run-it-for-real-'));
  for (const { path, bytes } of (await sourceFiles(ROOT)).files) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), bytes);
  }
}, PATIENCE_MS);
// Where the test was given up, what it had begun may be writing still.
afterAll(() => rm(clone, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 }), PATIENCE_MS);

/** Gabriel is linked, Nora is not, and in live mode Amelia earns something later. */
function cast() {
  const seed = readSeed();
  const people = ['Nora Whitfield', 'Gabriel Santos', 'Amelia Hart'];
  seed.stripe.customers = seed.stripe.customers.filter(({ name }) => people.includes(name ?? ''));
  seed.advocate.participants = seed.advocate.participants
    .filter(({ mode, firstName, lastName }) =>
      (mode === 'test' ? people.slice(0, 2) : people.slice(2)).includes(`${firstName} ${lastName}`),
    )
    .map((one) => (one.mode === 'live' ? { ...one, rewards: [] } : one));
  return seed;
}

async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer(), 0);
  await close();
  return port;
}

/** Both behind TLS, on another port than theirs, with a certificate that this machine is told to trust. */
async function openWorld() {
  const sandbox = await startSandbox({ seed: cast() });
  onTestFinished(() => sandbox.close());
  const front = await startHttpsFront({ localhost: sandbox.stripe.app, '127.0.0.1': sandbox.advocate.app });
  onTestFinished(() => front.close());
  const trusted = join(clone, '..', `run-it-for-real-${front.port}.pem`);
  const before = process.env.NODE_EXTRA_CA_CERTS;
  await writeFile(trusted, front.certificate + (before ? `\n${await readFile(before, 'utf8')}` : ''));
  onTestFinished(() => rm(trusted, { force: true }));
  return {
    sandbox,
    stripeUrl: `https://localhost:${front.port}`,
    advocateUrl: `https://127.0.0.1:${front.port}`,
    terminal: { folder: clone, env: ownEnvironment({ NODE_EXTRA_CA_CERTS: trusted }) },
  };
}
type Real = Awaited<ReturnType<typeof openWorld>>;
type Way = 'a restricted key' | 'Connect';

/** The names that README tells to fill in, with what follows *or* or without it, and with Connect that of webhooks. */
function namesFor(way: Way): string[] {
  const rows = settingsIn(RUN_IT);
  const chosen = rows.filter((row, index) => (way === 'Connect' ? !rows[index + 1]?.instead : !row.instead));
  const secret = RUN_IT.match(/`(STRIPE_WEBHOOK_\w+)`/)?.[1] ?? 'none';
  return [...chosen.flatMap(({ names }) => names), ...(way === 'Connect' ? [secret] : [])];
}

/** What somebody with accounts looks up there, and where those stand here. */
async function fillInEnv(way: Way, real: Real): Promise<void> {
  const { seed, env: connect } = real.sandbox;
  const known: Record<string, string | undefined> = {
    ...connect,
    STRIPE_RESTRICTED_KEY_TEST: seed.stripe.restrictedKeys.test.key,
    STRIPE_RESTRICTED_KEY_LIVE: seed.stripe.restrictedKeys.live.key,
  };
  const names = namesFor(way).flatMap((name) => [name, name.replace(/_TEST$/, '_LIVE')]);
  expect(
    names.every((name) => known[name]),
    `README names lines without a value: ${names}`,
  ).toBe(true);
  const lines: Record<string, string> = {
    ...Object.fromEntries(names.map((name) => [name, known[name] ?? ''])),
    ADVOCATE_API_BASE: real.advocateUrl,
    STRIPE_API_BASE: real.stripeUrl,
    STRIPE_CONNECT_BASE: real.stripeUrl,
    PORT: String(await freePort()),
  };
  const file = join(clone, '.env');
  let env = await readFile(file, 'utf8');
  for (const [name, value] of Object.entries(lines)) env = fillIn(env, name, value);
  await writeFile(file, env);
}

const creditsNow = (sandbox: Sandbox, before: ReturnType<typeof look>) =>
  account(before, look(sandbox, before.mode), UNITS);

/** Every reward that is due is redeemed at Advocate, and credit at Stripe. */
async function untilAllRedeemed(sandbox: Sandbox, before: ReturnType<typeof look>, count: number) {
  await expect
    .poll(() => {
      const { findings, eligible, credited, redeemed } = creditsNow(sandbox, before);
      return { findings, counts: [eligible.length, credited.length, redeemed.length] };
    }, SOON)
    .toEqual({ findings: [], counts: [count, count, count] });
}

test.each<Way>(['a restricted key', 'Connect'])(
  'with %s: from an empty folder to redeemed rewards, with nothing but what README says',
  async (way) => {
    for (const left of LEFT_BEHIND) await rm(join(clone, left), { recursive: true, force: true });
    const real = await openWorld();
    const { sandbox, terminal } = real;
    const before = { test: look(sandbox, 'test'), live: look(sandbox, 'live') };
    const ends = async (command: string) => {
      const { code, said } = await type(command, terminal);
      expect(code, `${command}: ${said}`).toBe(0);
      return said;
    };
    let proxy: Running | undefined;
    let hands: Hands | undefined;
    const start = async (command: string) => {
      proxy = leaveRunning(command, terminal);
      await proxy.says('The proxy listens on http://127.0.0.1:');
    };
    /** SQLite takes the file beside the ledger away when the ledger is closed, and not when its process is killed. */
    const stop = async () => {
      const files = () => ['ledger.db', 'ledger.db-wal'].filter((name) => existsSync(join(clone, name)));
      expect(files()).toEqual(['ledger.db', 'ledger.db-wal']);
      await proxy?.interrupt();
      await expect.poll(files, SOON).toEqual(['ledger.db']);
      proxy = undefined;
    };

    const setUp = async () => {
      if (way === 'Connect') await hands?.connect();
      await hands?.addUnits(UNITS);
    };

    const deeds: Record<string, (command: string) => Promise<void>> = {
      'cp .env.example .env': async (command) => {
        await ends(command);
        await fillInEnv(way, real);
      },
      'npm run proxy': start,
      'npm run sandbox': async (command) => {
        const simulators = leaveRunning(command, terminal);
        await simulators.says('ADVOCATE_TENANT_TEST=');
        await simulators.interrupt();
      },
      'npm run build': async (command) => {
        await ends(command);
        expect(existsSync(join(clone, 'dist/firefox/manifest.json'))).toBe(true);
      },
      // Takes a while, and has a test of its own: test/conformance/packages.test.ts.
      'npm run package': async () => undefined,
      'npm run proxy -- invite --role admin': async (command) => {
        const [, address = '', code = ''] =
          /^Proxy address +(\S+)\nPairing code +(\S+)$/m.exec(await ends(command)) ?? [];
        const opened = await openBrowser({
          chromium: await findChromium(),
          browserFlag: sandbox.browserFlag,
          extension: join(clone, 'dist/chrome'),
        });
        hands = opened;
        onTestFinished(() => (opened.browser.connected ? opened.close() : undefined));
        await opened.pair(address, code, way === 'Connect' ? 'Connect Stripe' : 'Save units');
        if (way === 'Connect') listenAt(sandbox, address);
        await setUp();
        await opened.turnOnAndCreditThem();
        await untilAllRedeemed(sandbox, before.test, 2);

        // The same command again: browser and ledger go on where they were.
        await stop();
        await start('npm run proxy');
        const page = await opened.openParticipant(
          sandbox.seed.advocate.tenants.test.alias,
          'nora',
          'Nora Whitfield',
        );
        await opened.press(page, 'Find customer');
        await opened.press(page, 'Link Nora Whitfield');
        await opened.see(page, 'Unlink');
        await untilAllRedeemed(sandbox, before.test, 5);
        await page.close();

        await opened.press(opened.popup, 'Live');
        await setUp();
        await opened.press(opened.popup, 'Turn on');
        await opened.press(opened.popup, 'Turn on live credits');
        await opened.see(opened.popup, 'Pause');
      },
      'npm run proxy -- backup ledger-2026-05-01.db': async (command) => {
        expect(await ends(command)).toContain(
          'ledger-2026-05-01.db is a whole copy of the ledger, with 5 rewards.',
        );
      },
      'npm run proxy -- drain --mode live --watch': async (command) => {
        // Gives up the lease at once, which a browser that is just closed keeps for two minutes.
        await hands?.popup.locator('summary h2').click();
        await hands?.press(hands.popup, 'Unpair');
        await hands?.press(hands.popup, 'Unpair this browser');
        await hands?.see(hands.popup, 'Pair');
        await hands?.close();
        const amelia = 'amelia@hartandsons.com';
        sandbox.advocate.earn(
          'live',
          { accountId: amelia, id: amelia },
          { unit: 'STRIPE/USD', amount: 2000 },
        );
        const drain = leaveRunning(command, terminal);
        await drain.says('"credited":1');
        await drain.interrupt();
        await untilAllRedeemed(sandbox, before.live, 1);
      },
    };
    const commands = commandsIn(RUN_IT);
    expect(Object.keys(deeds), 'README’s commands, in its order').toEqual(commands);
    for (const command of commands) await deeds[command]?.(command);

    expect(creditsNow(sandbox, before.test).changes).toMatchObject([
      { name: 'Gabriel Santos', currency: 'USD', before: 0, after: 5000 },
      { name: 'Nora Whitfield', currency: 'USD', before: 0, after: 5500 },
    ]);
    const proofs = commandsIn(section('See and repair'));
    for (const command of proofs) await ends(command);
    if (way === 'Connect') {
      sandbox.stripe.revoke(sandbox.stripe.state.accountId, 'test');
      await proxy?.says('account.application.deauthorized');
      expect(await type(proofs[0] ?? 'none', terminal)).toMatchObject({
        code: 2,
        said: expect.stringContaining('Stripe is not connected'),
      });
    }
    await stop();
  },
  PATIENCE_MS,
);
