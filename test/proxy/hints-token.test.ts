/** A connection outlives the token that it was opened with, and does not outlive its browser. */
import { once } from 'node:events';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { hearOnce } from '../../src/proxy/hints.ts';
import { OVERLAP_MS } from '../../src/proxy/tokens.ts';
import { listenFor, listenOnPort } from './hint-scene.ts';
import { setStage } from './stage.ts';

/** Only what rounds go by: everything else takes the time it takes. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
});
/** Every listener is asked about, and pinged if it may stay. */
const round = () => vi.advanceTimersByTime(30_000);

test('a browser that traded its token in while it listened goes on listening, and is not taken for a copy', async () => {
  let at = Date.now();
  const stage = await setStage({ now: () => at });
  const url = await listenOnPort(stage);
  const listening = await listenFor(url, stage.admin);
  const { body } = await stage.ask('POST', '/session/token');
  const fresh = String(body.token);
  expect((await stage.ask('GET', '/session', undefined, fresh)).status).toBe(200);
  at += OVERLAP_MS;
  const pinged = once(listening.socket, 'ping').then(() => 'pinged');
  round();
  expect(await Promise.race([pinged, listening.ended])).toBe('pinged');
  expect((await stage.ask('GET', '/session', undefined, fresh)).status).toBe(200);
  await hearOnce(stage.db, { source: 'advocate', mode: 'test', id: 'w1' }, 'rewards');
  stage.parts.hints.written();
  expect(await Promise.race([listening.until(1), listening.ended])).toEqual([
    { mode: 'test', kind: 'rewards' },
  ]);
  // And the token that it was opened with is a copy, wherever it is presented.
  expect((await stage.ask('GET', '/session')).status).toBe(401);
});

test('a browser that was removed while it listened is shown out at the next round', async () => {
  const stage = await setStage();
  const url = await listenOnPort(stage);
  const token = await stage.pairAs('support');
  const listening = await listenFor(url, token);
  const session = await stage.ask('GET', '/session', undefined, token);
  const { id } = session.body.browser as { id: string };
  await stage.ask('DELETE', `/team/${id}`);
  round();
  expect(await listening.ended).toBe('1008 not paired any more');
});
