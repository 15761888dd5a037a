import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, expect, test, vi } from 'vitest';
import { loadCard } from '../../src/content/load-card.ts';
import { worker } from './card-world.ts';

afterEach(() => void vi.unstubAllGlobals());

const mounted = vi.fn();
/** An extension whose card writes down that it was put up. */
function extensionWith(code: string): void {
  vi.stubGlobal('mounted', mounted);
  const getURL = () => `data:text/javascript,${encodeURIComponent(`${code}; // ${Math.random()}`)}`;
  vi.stubGlobal('chrome', { runtime: { id: 'ours', getURL } });
}
const CARD =
  'export const mountCard = (options) => { mounted(options.address); return { onPage: () => true } }';

function load() {
  mounted.mockClear();
  const gone = new AbortController();
  const card = loadCard({
    ask: worker({}).ask,
    hints: { email: 'ann@example.com' },
    sure: true,
    address: 'https://app.impact.com/1',
    details: [],
    signal: gone.signal,
    stillHere: () => true,
  });
  return { card, gone };
}
const NOTHING: string = 'data:text/javascript,export{}';
/** Long enough for an import of a few bytes to have been answered. */
const settled = () => vi.waitFor(() => import(/* @vite-ignore */ NOTHING));

test('the card comes once its code is there', async () => {
  extensionWith(CARD);
  const { card } = load();
  expect(card.onPage()).toBe(false);
  await vi.waitFor(() => expect(mounted).toHaveBeenCalledWith('https://app.impact.com/1'));
  expect(card.onPage()).toBe(true);
});

test('a page that has moved on before the code came gets no card', async () => {
  extensionWith(CARD);
  const { card, gone } = load();
  gone.abort();
  await settled();
  await settled();
  expect(mounted).not.toHaveBeenCalled();
  expect(card.onPage()).toBe(false);
});

test('an extension that was updated beneath the page leaves it as it is', async () => {
  vi.stubGlobal('chrome', { runtime: {} });
  const thrown = vi.fn();
  process.once('unhandledRejection', thrown);
  const { card } = load();
  await settled();
  // Node tells it once the present turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', thrown);
  expect(thrown).not.toHaveBeenCalled();
  expect(card.onPage()).toBe(false);
  expect(card.fits('https://app.impact.com/2')).toBe(true);
});

/** The files of which something stands in the bundle. */
async function filesIn(entry: string): Promise<string[]> {
  const entryPoints = [fileURLToPath(new URL(`../../src/content/${entry}`, import.meta.url))];
  const { metafile } = await build({ entryPoints, bundle: true, metafile: true, write: false });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? file : [])),
  );
}
const HEAVY = /locales\/|Card|mount-card|preact|valibot/;

test('what runs on every page carries no words and nothing of recogniser or card', async () => {
  const files = await filesIn('index.ts');
  expect(files.filter((file) => file.endsWith('content/read-address.ts'))).toHaveLength(1);
  expect(files.filter((file) => /recognise|watch-page|page-words/.test(file) || HEAVY.test(file))).toEqual(
    [],
  );
});

test('what reads pages carries no words and nothing of the card', async () => {
  const files = await filesIn('recogniser.ts');
  expect(files.filter((file) => file.endsWith('content/recognise.ts'))).toHaveLength(1);
  expect(files.filter((file) => HEAVY.test(file))).toEqual([]);
});
