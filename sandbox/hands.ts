/** What a person does with the extension, by what they see: every control is found by role and name, and clicked. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type Extension, type Locator, type Page } from 'puppeteer';
import type { PopupState, Reply } from '../src/contract/messages.ts';

export const EXTENSION = fileURLToPath(new URL('../dist/chrome', import.meta.url));
const POPUP = 'popup/index.html';
const PATIENCE_MS = 60_000;
const PARTICIPANTS = 'https://app.impact.com/secure/advertiser/advocate/participants.ihtml';

type Role = 'button' | 'textbox' | 'searchbox' | 'heading' | 'link';

export type OpenOptions = {
  chromium: string;
  /** Leads the real host names to the sandbox. */
  browserFlag: string;
  headless?: boolean;
  /** Kept after the browser is closed; a throw-away one when absent. */
  profile?: string;
  extension?: string;
  /** Of the browser's own words; the machine's where it is absent. */
  language?: string;
  /** Further switches of Chromium. */
  more?: string[];
};

/** A browser with the extension in it, as somebody has it who just installed it. */
export async function openBrowser(options: OpenOptions): Promise<Hands> {
  const {
    chromium,
    browserFlag,
    headless = true,
    profile,
    extension = EXTENSION,
    language,
    more = [],
  } = options;
  if (!existsSync(extension)) throw new Error('The extension is not built: run npm run build first.');
  const isRoot = process.getuid?.() === 0;
  const browser = await puppeteer.launch({
    executablePath: chromium,
    headless,
    pipe: true,
    // Whoever opened the browser decides what an interruption ends, and in which order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    enableExtensions: true,
    acceptInsecureCerts: true,
    defaultViewport: headless ? { width: 1280, height: 960, deviceScaleFactor: 2 } : null,
    ...(profile && { userDataDir: profile }),
    // On Linux Chromium takes its language from there, elsewhere from the switch.
    ...(language && { env: { ...process.env, LANGUAGE: language } }),
    args: [
      browserFlag,
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--window-size=1280,1040',
      // Chromium refuses to run as root inside its own sandbox; nothing but the simulators is visited.
      ...(isRoot ? ['--no-sandbox'] : []),
      ...(language ? [`--lang=${language}`] : []),
      ...more,
    ],
  });
  try {
    const id = await browser.installExtension(extension);
    const popup = await browser.newPage();
    await popup.goto(`chrome-extension://${id}/${POPUP}`);
    return new Hands(browser, id, popup);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** By role and accessible name, which also reaches into a closed shadow root. */
async function found<T>(
  page: Page,
  role: Role,
  name: string,
  deed: (control: Locator<Element>) => Promise<T>,
): Promise<T> {
  try {
    return await deed(page.locator(`::-p-aria([name="${name}"][role="${role}"])`));
  } catch (cause) {
    const shown = await page.evaluate(() => document.body.innerText).catch(() => 'nothing: it is gone');
    throw new Error(`The ${role} “${name}” could not be used on ${page.url()}, which shows: ${shown}`, {
      cause,
    });
  }
}

export class Hands {
  readonly browser: Browser;
  readonly extensionId: string;
  /** The popup's page, opened in a tab, where it stays open between clicks. */
  readonly popup: Page;

  constructor(browser: Browser, extensionId: string, popup: Page) {
    this.browser = browser;
    this.extensionId = extensionId;
    this.popup = popup;
  }

  /** Clicks once it is there, visible, enabled and still; once more where it moved away under the hand. */
  async press(page: Page, name: string, role: Role = 'button'): Promise<void> {
    await page.bringToFront();
    await found(page, role, name, async (control) => {
      const handle = await control.waitHandle();
      await handle.evaluate((element) => {
        Reflect.set(element, 'words', element.textContent);
        Reflect.set(element, 'wasHit', false);
        element.addEventListener('click', () => Reflect.set(element, 'wasHit', true), true);
      });
      await control.click();
      // A click may take the page away, and the control with it. An element with other words is another control by now:
      // the page has put it to use elsewhere before the click, which then hit the one that has these words.
      const missed = await handle
        .evaluate(
          (element) =>
            element.isConnected &&
            element.textContent === Reflect.get(element, 'words') &&
            !Reflect.get(element, 'wasHit'),
        )
        .catch(() => false);
      if (missed) await control.click();
    });
  }

  async type(page: Page, name: string, text: string, role: Role = 'textbox'): Promise<void> {
    await page.bringToFront();
    await found(page, role, name, (control) => control.fill(text));
  }

  async see(page: Page, name: string, role: Role = 'button'): Promise<void> {
    await found(page, role, name, (control) => control.wait());
  }

  async seeText(page: Page, text: string): Promise<void> {
    await page.locator(`::-p-text(${text})`).setTimeout(PATIENCE_MS).wait();
  }

  /** The tab that a click opens. */
  private async newTab(where: RegExp, deed: () => Promise<void>): Promise<Page> {
    const [target] = await Promise.all([
      this.browser.waitForTarget((one) => one.type() === 'page' && where.test(one.url())),
      deed(),
    ]);
    const page = await target.page();
    if (!page) throw new Error('The tab that was opened is gone.');
    return page;
  }

  /** @param next What the next step shows, which opens by itself: with a restricted key that of the units. */
  async pair(proxy: string, code: string, next = 'Connect Stripe'): Promise<void> {
    await this.type(this.popup, 'Proxy address', proxy);
    await this.type(this.popup, 'Pairing code', code);
    await this.press(this.popup, 'Pair');
    await this.see(this.popup, next);
  }

  /** At Stripe, in a tab of its own, and back. */
  async connect(): Promise<void> {
    const stripe = await this.newTab(/\/oauth\/authorize/, () => this.press(this.popup, 'Connect Stripe'));
    await this.press(stripe, 'Connect my Stripe account');
    await this.browser.waitForTarget(
      (one) => one === stripe.target() && /\/connect\/callback/.test(one.url()),
    );
    await stripe.close();
    await this.popup.bringToFront();
    await this.see(this.popup, 'Save units');
  }

  async addUnits(units: readonly string[]): Promise<void> {
    for (const unit of units) {
      await this.type(this.popup, 'Unit', unit);
      await this.press(this.popup, 'Add unit');
    }
    await this.press(this.popup, 'Save units');
    // Two steps that only look.
    await this.press(this.popup, 'Next: try one');
    await this.press(this.popup, 'Next: turn on');
    await this.see(this.popup, 'Turn on');
  }

  /** Where nothing was earned earlier. */
  async turnOn(): Promise<void> {
    await this.press(this.popup, 'Turn on');
    await this.see(this.popup, 'Pause');
  }

  /** Once what was earned earlier is on the screen, as somebody does who reads before they press. */
  async turnOnAndCreditThem(): Promise<void> {
    await this.seeText(this.popup, 'earned before the unit was added');
    await this.press(this.popup, 'Turn on');
    await this.press(this.popup, 'Turn on and credit them');
    // Stands there whether or not the first run is still under way.
    await this.see(this.popup, 'Pause');
  }

  /** The dashboard, in the tab that this button of the popup opens. */
  openDashboard(button = 'Open the dashboard'): Promise<Page> {
    return this.newTab(/\/dashboard\/index\.html/, () => this.press(this.popup, button));
  }

  /** From Advocate's list of participants to the profile, where the card appears. */
  async openParticipant(tenant: string, search: string, name: string): Promise<Page> {
    const page = await this.browser.newPage();
    await page.goto(`${PARTICIPANTS}?tenant=${tenant}`);
    await this.type(page, 'Search participants', search, 'searchbox');
    await page.locator(`a ::-p-text(${name})`).click();
    await this.see(page, 'Stripe customer', 'heading');
    return page;
  }

  /** On a linked participant's page, to the customer in Stripe's dashboard. */
  openInStripe(page: Page): Promise<Page> {
    return this.newTab(/^https:\/\/dashboard\.stripe\.com\//, () =>
      this.press(page, 'Open in Stripe', 'link'),
    );
  }

  /** As a person does who clicks the toolbar button again. */
  async reopenPopup(): Promise<void> {
    await this.popup.reload();
  }

  /** What the popup has to show, asked of the worker as the popup asks. */
  async state(): Promise<PopupState> {
    // A string, because `chrome` has a type only inside the extension.
    const asked = this.popup.evaluate(`chrome.runtime.sendMessage({ name: 'state', request: {} })`);
    const reply = (await asked) as Reply<'state'>;
    if (!reply.ok) throw new Error(reply.problem.title);
    return reply.value;
  }

  private async extension(): Promise<Extension> {
    const extension = (await this.browser.extensions()).get(this.extensionId);
    if (!extension) throw new Error('The browser has lost the extension.');
    return extension;
  }

  /** The popup as the toolbar opens it, over a page. */
  async openToolbarPopup(over: Page): Promise<Page> {
    await over.bringToFront();
    const before = new Set(this.browser.targets());
    const extension = await this.extension();
    await over.triggerExtensionAction(extension);
    const target = await this.browser.waitForTarget((one) => one.url().endsWith(POPUP) && !before.has(one));
    return target.asPage();
  }

  /** What the browser does whenever it likes: stops the extension's background worker. */
  async stopWorker(): Promise<void> {
    const target = await this.browser.waitForTarget((one) => one.type() === 'service_worker');
    const gone = new Promise((resolve) =>
      this.browser.on('targetdestroyed', (one) => one === target && resolve(null)),
    );
    const worker = await target.worker();
    await worker?.close();
    await gone;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
