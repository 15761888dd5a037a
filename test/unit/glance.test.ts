// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forText } from '../../src/content/for-text.ts';

const loaded = vi.fn();
/** As long as the address is looked at anew where the browser does not tell of it. */
const MOVED_MS = 1_100;

beforeEach(() => {
  loaded.mockClear();
  vi.stubGlobal('recogniserCame', loaded);
  // A module is run once for its address.
  const code = () => `export const watchPage = () => recogniserCame(); // ${Math.random()}`;
  const getURL = () => `data:text/javascript,${encodeURIComponent(code())}`;
  vi.stubGlobal('chrome', { runtime: { id: 'ours', getURL } });
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function open(path: string): Promise<void> {
  history.replaceState(null, '', path);
  await import('../../src/content/index.ts');
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each(['/acme/settings/team', '/engage/participants/import', '/help/articles/participant-details'])(
  'on %s, which is about nobody, nothing more is loaded until the page moves to somebody',
  async (path) => {
    await open(path);
    await wait(MOVED_MS);
    expect(loaded).not.toHaveBeenCalled();
    history.replaceState(null, '', '/engage/participants/ann');
    await vi.waitFor(() => expect(loaded).toHaveBeenCalledOnce(), { timeout: 2 * MOVED_MS });
  },
);

test.each(['/engage/participants/ann', '/engage/participants', '/secure/x.ihtml'])(
  'on %s, which can be about somebody, the recogniser comes once, and looks after the page from then on',
  async (path) => {
    await open(path);
    await vi.waitFor(() => expect(loaded).toHaveBeenCalledOnce());
    history.replaceState(null, '', '/engage/participants/bob');
    await wait(MOVED_MS);
    expect(loaded).toHaveBeenCalledOnce();
  },
);

test('an extension that was updated beneath the page leaves it as it is', async () => {
  vi.stubGlobal('chrome', { runtime: {} });
  const thrown = vi.fn();
  process.once('unhandledRejection', thrown);
  await open('/engage/participants/ann');
  await wait(50);
  process.off('unhandledRejection', thrown);
  expect(thrown).not.toHaveBeenCalled();
});

test('a pattern that is made for ASCII alone says of ASCII what the whole one says', () => {
  for (const source of ['[\\p{L}]', '[^\\p{L}\\p{N}]', '[\\p{L}\\p{N}_-]']) {
    const whole = new RegExp(source, 'u');
    const of = forText(source);
    for (let code = 0; code < 0x250; code++) {
      const text = String.fromCharCode(code);
      expect(of(text).test(text), `${source} of ${code}`).toBe(whole.test(text));
    }
  }
});
