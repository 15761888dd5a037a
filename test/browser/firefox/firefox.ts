/** A Firefox with the extension in it, and what a person does there. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PopupState, Reply } from '../../../src/contract/messages.ts';
import { Marionette } from './marionette.ts';

const EXTENSION = fileURLToPath(new URL('../../../dist/firefox', import.meta.url));
const ID = '@advocate-credits-for-stripe';
const UUID = '6f8e1f0e-6a1c-4a0e-9a53-0c6f1f5a7d21';
const POPUP = `moz-extension://${UUID}/popup/index.html`;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PATIENCE_MS = 90_000;

type Element = Record<typeof ELEMENT, string>;
type Handle = string;

const preferences = (tunnel: number) => ({
  'marionette.port': 0,
  // Known beforehand, since nothing tells it.
  'extensions.webextensions.uuids': JSON.stringify({ [ID]: UUID }),
  'network.proxy.type': 1,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': tunnel,
  // The sandbox's names are real ones that browsers know to insist on, its certificates are not.
  'network.stricttransportsecurity.preloadlist': false,
  'intl.locale.requested': 'en-US',
  'intl.accept_languages': 'en-US',
  // Grants what is asked for in a click as if the person had said yes; without the click it refuses all the same.
  'extensions.webextOptionalPermissionPrompts': false,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.page': 0,
});

/** Until it is so; what fails meanwhile is not there yet. */
async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  let last: unknown;
  while (performance.now() < end) {
    const found = await look().catch((error: unknown) => {
      last = error;
      return null;
    });
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} s in vain until ${what}.`, { cause: last });
}

export async function openFirefox(binary: string, tunnel: number): Promise<Firefox> {
  const profile = await mkdtemp(join(tmpdir(), 'credits-firefox-'));
  const lines = Object.entries(preferences(tunnel)).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const flags = ['--headless', '--marionette', '--no-remote', '--remote-allow-system-access'];
  const child = spawn(binary, [...flags, '--profile', profile], {
    stdio: 'ignore',
    env: { ...process.env, HOME: profile, MOZ_HEADLESS_WIDTH: '1280', MOZ_HEADLESS_HEIGHT: '960' },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    child.kill('SIGKILL');
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await until('Firefox listens', async () =>
      Number(await readFile(join(profile, 'MarionetteActivePort'), 'utf8')),
    );
    const remote = await Marionette.reach(port);
    await remote.ask('WebDriver:NewSession', { acceptInsecureCerts: true });
    await remote.ask('Addon:Install', { path: EXTENSION, temporary: true });
    await remote.ask('WebDriver:Navigate', { url: POPUP });
    const { value } = await remote.ask<{ value: Handle }>('WebDriver:GetWindowHandle');
    return new Firefox(remote, value, end);
  } catch (error) {
    await end();
    throw error;
  }
}

export class Firefox {
  readonly #remote: Marionette;
  readonly #popup: Handle;
  readonly #end: () => Promise<void>;

  constructor(remote: Marionette, popup: Handle, end: () => Promise<void>) {
    this.#remote = remote;
    this.#popup = popup;
    this.#end = end;
  }

  async run<T>(body: string, args: unknown[] = [], sandbox: 'default' | 'system' = 'default'): Promise<T> {
    const script = `const [done] = [...arguments].slice(-1);
      (async (...args) => { ${body} })(...[...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const asked = { script, args, sandbox, scriptTimeout: PATIENCE_MS };
    const { value } = await this.#remote.ask<{ value: { value: T; error?: string } }>(
      'WebDriver:ExecuteAsyncScript',
      asked,
    );
    if (value.error !== undefined) throw new Error(value.error);
    return value.value;
  }

  /** With the browser's own rights. */
  async inBrowser<T>(body: string, args: unknown[] = []): Promise<T> {
    await this.#remote.ask('Marionette:SetContext', { value: 'chrome' });
    try {
      return await this.run<T>(body, args);
    } finally {
      await this.#remote.ask('Marionette:SetContext', { value: 'content' });
    }
  }

  find(path: string): Promise<Element> {
    return until(`there is ${path}`, async () => {
      const asked = { using: 'xpath', value: path };
      return (await this.#remote.ask<{ value: Element }>('WebDriver:FindElement', asked)).value;
    });
  }

  /** As a mouse does: it must be in view, and nothing over it. */
  async press(name: string): Promise<void> {
    const path = `//button[not(@disabled)][normalize-space(.)="${name}" or @aria-label="${name}"]`;
    await until(`“${name}” can be pressed`, async () => {
      const { [ELEMENT]: id } = await this.find(path);
      await this.#remote.ask('WebDriver:ElementClick', { id });
      return true;
    });
  }

  /** A link, by the words that are in it. */
  async follow(name: string): Promise<void> {
    const { [ELEMENT]: id } = await this.find(`//a[contains(normalize-space(.),"${name}")]`);
    await this.#remote.ask('WebDriver:ElementClick', { id });
  }

  async type(label: string, text: string): Promise<void> {
    const path = `//input[@id=//label[contains(normalize-space(.),"${label}")]/@for]`;
    const { [ELEMENT]: id } = await this.find(path);
    await this.#remote.ask('WebDriver:ElementClear', { id });
    await this.#remote.ask('WebDriver:ElementSendKeys', { id, text });
  }

  seeText(text: string): Promise<true> {
    return until(`“${text}” is on the page`, () =>
      this.run<true>('return document.body.textContent.replace(/\\s+/g, " ").includes(args[0]) || null', [
        text,
      ]),
    );
  }

  async go(url: string): Promise<void> {
    await this.#remote.ask('WebDriver:Navigate', { url });
  }

  async toPopup({ anew = false } = {}): Promise<void> {
    await this.#remote.ask('WebDriver:SwitchToWindow', { handle: this.#popup });
    if (anew) await this.#remote.ask('WebDriver:Refresh');
  }

  async newTab(url: string): Promise<void> {
    const { handle } = await this.#remote.ask<{ handle: Handle }>('WebDriver:NewWindow', { type: 'tab' });
    await this.#remote.ask('WebDriver:SwitchToWindow', { handle });
    await this.go(url);
  }

  /** The tab that a click opens becomes the one at hand. */
  async tabOpenedBy(deed: () => Promise<void>): Promise<void> {
    const all = () => this.#remote.ask<Handle[]>('WebDriver:GetWindowHandles');
    const before = new Set(await all());
    await deed();
    const handle = await until('a tab opens', async () => (await all()).find((one) => !before.has(one)));
    await this.#remote.ask('WebDriver:SwitchToWindow', { handle });
  }

  /** In the card, which no page can look into: found with the browser's own rights, and clicked with the mouse. */
  async pressInCard(name: string): Promise<void> {
    const middle = `
      const root = document.querySelector('advocate-credits-card')?.openOrClosedShadowRoot;
      const named = (one) => (one.getAttribute('aria-label') ?? one.textContent).replace(/\\s+/g, ' ').trim();
      const button = [...(root?.querySelectorAll('button:not([disabled])') ?? [])].find((one) => named(one) === args[0]);
      if (!button) return null;
      button.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { x, y, width, height } = button.getBoundingClientRect();
      return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };`;
    const look = () => this.run<{ x: number; y: number } | null>(middle, [name], 'system');
    const { x, y } = await until(`“${name}” is in the card and still`, async () => {
      const [first, second] = [await look(), await look()];
      return first && second && first.x === second.x && first.y === second.y ? first : null;
    });
    const actions = [
      { type: 'pointerMove', origin: 'viewport', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions };
    await this.#remote.ask('WebDriver:PerformActions', { actions: [pointer] });
  }

  async seeInCard(text: string): Promise<void> {
    const look = `const root = document.querySelector('advocate-credits-card')?.openOrClosedShadowRoot;
      return root?.textContent.replace(/\\s+/g, ' ') ?? '(no card)';`;
    let last = '';
    await until(`the card says “${text}”`, async () => {
      last = await this.run<string>(look, [], 'system');
      return last.includes(text);
    }).catch((cause: Error) => {
      throw new Error(`${cause.message} It says: ${last}`, { cause });
    });
  }

  /** As the popup asks, in the popup. */
  async state(): Promise<PopupState> {
    const reply = await this.run<Reply<'state'>>(
      `return window.wrappedJSObject.browser.runtime.sendMessage({ name: 'state', request: {} })`,
    );
    if (!reply.ok) throw new Error(reply.problem.title);
    return reply.value;
  }

  /** Where the event page is: `running`, or `stopped` after the browser has taken it away. */
  background(): Promise<string> {
    return this.inBrowser(`return WebExtensionPolicy.getByID(args[0]).extension.backgroundState`, [ID]);
  }

  /** What Firefox does to an event page whenever nothing seems to go on. */
  async stopBackground(): Promise<void> {
    await this.inBrowser(
      `await WebExtensionPolicy.getByID(args[0]).extension.terminateBackground({ ignoreDevToolsAttached: true, disableResetIdleForTest: true });`,
      [ID],
    );
    await until('the event page is stopped', async () => (await this.background()) === 'stopped');
  }

  /** What a person does in Firefox's page about the extension. */
  async origins(deed: 'add' | 'remove', origins: string[]): Promise<void> {
    await this.inBrowser(
      `const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
       const { extension } = WebExtensionPolicy.getByID(args[0]);
       await ExtensionPermissions[args[1]](args[0], { permissions: [], origins: args[2], data_collection: [] }, extension);`,
      [ID, deed, origins],
    );
  }

  async close(): Promise<void> {
    this.#remote.close();
    await this.#end();
  }
}
