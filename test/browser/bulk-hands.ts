/** The linking desk as a person has it before them, and what became of the links at Advocate. */
import { mkdtemp, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { onTestFinished } from 'vitest';
import { createLog } from '../../src/proxy/log.ts';
import { startProxy } from '../../src/proxy/server.ts';
import { deskSeed } from './desk-seed.ts';
import { type Stage, setStage, UNITS } from './stage.ts';

export const LONG_MS = 300_000;
export const HEAD = 'accountId,id,customFields.stripeCustomerId';

export type DeskStage = Stage & {
  /** How often the link of each participant was written, by id. */
  writes: Map<string, number>;
};

/** Who works at the desk. For support, an admin elsewhere has set everything up. */
export async function openDesk(
  count: number,
  role: 'admin' | 'support' = 'support',
): Promise<{ stage: DeskStage; page: Page }> {
  const writes = new Map<string, number>();
  const seed = deskSeed(count);
  const stage = await setStage({
    seed,
    onExchange: ({ service, method, path, requestBody }) => {
      if (service !== 'advocate' || method !== 'PUT' || !path.includes('/user/')) return;
      const { id } = JSON.parse(requestBody);
      writes.set(id, (writes.get(id) ?? 0) + 1);
    },
    ...(role === 'support' && {
      proxy: async (variables) => {
        const { STRIPE_CLIENT_ID_TEST: _, STRIPE_SECRET_KEY_TEST: __, ...rest } = variables;
        const restricted = { ...rest, STRIPE_RESTRICTED_KEY_TEST: seed.stripe.restrictedKeys.test.key };
        const running = await startProxy(restricted, createLog('fatal', [], { write: () => true }));
        onTestFinished(() => running.close());
        return running;
      },
    }),
  });
  await (role === 'admin' ? setUpAsAdmin(stage) : setUpAsSupport(stage));
  const page = await openUnlinked(stage);
  return { stage: { ...stage, writes }, page };
}

async function setUpAsAdmin({ hands, proxy }: Stage): Promise<void> {
  await hands.pair(proxy.url, await proxy.invite('admin'));
  await hands.connect();
  await hands.addUnits(UNITS);
  await hands.turnOn();
}

async function setUpAsSupport({ hands, proxy, until }: Stage): Promise<void> {
  const admin = await asAdmin(proxy);
  const settings = { units: ['STRIPE/USD'], paused: false, currencyRule: 'confirm', caps: {} };
  await admin('PUT', '/test/settings', { version: 0, ...settings });
  await hands.type(hands.popup, 'Proxy address', proxy.url);
  await hands.type(hands.popup, 'Pairing code', await proxy.invite('support'));
  await hands.press(hands.popup, 'Pair');
  await until('the browser is paired', async () => (await hands.state()).session !== null);
}

/** An admin at the same proxy, without a browser of ours. */
async function asAdmin(proxy: Stage['proxy']) {
  let authorization = '';
  const call = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const answer = await fetch(`${proxy.url}/v1${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const code = await proxy.invite('admin');
  const { token } = (await call('POST', '/pair', { code, browserName: 'Ana’s Chrome' })) as { token: string };
  authorization = `Bearer ${token}`;
  return call;
}

/** The view in a tab of its own, with the first rows in it. */
export async function openUnlinked({ hands }: Pick<Stage, 'hands'>): Promise<Page> {
  const page = await hands.openDashboard();
  await page.setViewport({ width: 1280, height: 900 });
  await hands.press(page, 'Unlinked', 'link');
  await page.waitForSelector('tr[data-index]');
  return page;
}

/** Who is linked to what, by the simulator's own record. */
export function linksIn({ sandbox }: Pick<Stage, 'sandbox'>): Map<string, unknown> {
  const { participants } = sandbox.advocate.state.test;
  return new Map(
    participants.flatMap(({ id, customFields }) => {
      const link = customFields?.stripeCustomerId;
      return link === undefined || link === null ? [] : [[id, link] as const];
    }),
  );
}

export const says = (page: Page, text: string) =>
  page.waitForFunction((wanted) => document.body.innerText.includes(wanted), { timeout: 120_000 }, text);

export const indices = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A folder that goes away with the test, where the page's files end up. */
export async function downloads(
  page: Page,
): Promise<{ folder: string; next: (press: () => Promise<void>) => Promise<string> }> {
  const folder = await mkdtemp(join(tmpdir(), 'links-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const session = await page.createCDPSession();
  await session.send('Browser.setDownloadBehavior', {
    behavior: 'allow',
    downloadPath: folder,
    eventsEnabled: true,
  });
  const next = async (press: () => Promise<void>) => {
    const signal = AbortSignal.timeout(60_000);
    const seen = watch(folder, { signal })[Symbol.asyncIterator]();
    // It watches from the first question on, and the file may be quick.
    let event = seen.next();
    await press();
    for (;;) {
      const { value, done } = await event;
      if (done) break;
      event = seen.next();
      if (!value.filename?.endsWith('.csv')) continue;
      const text = await readFile(join(folder, value.filename), 'utf8').catch(() => '');
      if (!text.endsWith('\r\n')) continue;
      event.catch(() => undefined);
      return text;
    }
    throw new Error('No file came.');
  };
  return { folder, next };
}

/** The file dialog, opened by whatever `press` does. */
export async function chooseFile(page: Page, path: string, press: () => Promise<unknown>): Promise<void> {
  const [chooser] = await Promise.all([page.waitForFileChooser(), press()]);
  await chooser.accept([path]);
}
export const byClick = (page: Page, path: string) =>
  chooseFile(page, path, () => page.locator('input[type=file]').click());

/** A file of one's own in a folder that goes away with the test. */
export async function writeCsv(...rows: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'links-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'links.csv');
  await writeFile(path, `${[HEAD, ...rows].join('\n')}\n`);
  return path;
}

export const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
