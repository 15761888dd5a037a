// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { ask, extensionIsThere } from '../../src/content/ask.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const answering = (value: unknown) => ({
  runtime: { id: 'ours', sendMessage: async () => ({ ok: true, value }) },
});

test('an element of the page that is called browser does not stand in for the browser', async () => {
  const element = document.createElement('div');
  element.id = 'browser';
  document.body.append(element);
  vi.stubGlobal('browser', element);
  vi.stubGlobal('chrome', answering('from chrome'));
  expect(extensionIsThere()).toBe(true);
  expect(await ask('desk', {})).toEqual({ ok: true, value: 'from chrome' });
});

test('where the browser answers to both names, its own is asked', async () => {
  vi.stubGlobal('browser', answering('from browser'));
  vi.stubGlobal('chrome', answering('from chrome'));
  expect(await ask('desk', {})).toEqual({ ok: true, value: 'from browser' });
});

test('once the extension is gone, it is not there', () => {
  vi.stubGlobal('browser', undefined);
  vi.stubGlobal('chrome', { runtime: {} });
  expect(extensionIsThere()).toBe(false);
});
