import { afterEach, describe, expect, test, vi } from 'vitest';
import { ask, onStateChanged, RefusedError } from '../../src/ui/ask.ts';
import { problemOf } from '../../src/ui/problem-of.ts';
import { popupState, problem } from './popup-scene.tsx';

const heard: ((message: unknown, sender: object) => unknown)[] = [];
function worker(reply: (message: unknown) => unknown) {
  vi.stubGlobal('browser', {
    runtime: {
      id: 'abcdef',
      sendMessage: async (message: unknown) => reply(message),
      onMessage: {
        addListener: (listener: (message: unknown, sender: object) => unknown) => heard.push(listener),
        removeListener: () => heard.splice(0),
      },
    },
  });
}
afterEach(() => {
  vi.unstubAllGlobals();
  heard.splice(0);
});

describe('asking the worker', () => {
  test('sends name and request, and answers with the value alone', async () => {
    const sent: unknown[] = [];
    worker((message) => {
      sent.push(message);
      return { ok: true, value: { url: 'https://connect.example/' } };
    });
    expect(await ask('connect', {})).toEqual({ url: 'https://connect.example/' });
    await ask('connect', {}, 'live');
    expect(sent).toEqual([
      { name: 'connect', request: {} },
      { name: 'connect', request: {}, mode: 'live' },
    ]);
  });

  test('a refusal is thrown with everything that a person needs to report it', async () => {
    const refusal = problem('link_changed', {
      detail: 'Why.',
      action: 'Do.',
      current: null,
      requestId: 'req_1',
    });
    worker(() => ({ ok: false, problem: refusal }));
    const thrown: unknown = await ask('connect', {}).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(RefusedError);
    expect(thrown).toMatchObject({ code: 'link_changed', extra: { action: 'Do.', current: null } });
    expect(problemOf(thrown)).toEqual(refusal);
  });

  test.each([
    ['no answer', () => undefined],
    ['no listener', () => Promise.reject(new Error('Receiving end does not exist.'))],
    ['nonsense', () => ({ ok: true })],
  ])('%s becomes a problem with a way on', async (_, reply) => {
    worker(reply);
    const thrown: unknown = await ask('state', {}).catch((error: unknown) => error);
    expect(problemOf(thrown)).toMatchObject({ code: 'message_unknown', action: expect.any(String) });
  });
});

test('only the worker’s announcements are heard, and none is answered', () => {
  worker(() => undefined);
  const seen: unknown[] = [];
  const stop = onStateChanged((state) => seen.push(state));
  const state = popupState();
  const answers = [{ name: 'state', request: {} }, null, { name: 'stateChanged', state }].map((message) =>
    heard[0]?.(message, { id: 'abcdef' }),
  );
  expect(seen).toEqual([state]);
  expect(answers).toEqual([undefined, undefined, undefined]);
  // A content script, or a page that took one over, could say the same.
  const told = { name: 'stateChanged', state };
  heard[0]?.(told, { id: 'abcdef', tab: { id: 1 } });
  heard[0]?.(told, { id: 'another' });
  heard[0]?.(told, {});
  expect(seen).toHaveLength(1);
  stop();
  expect(heard).toEqual([]);
});
