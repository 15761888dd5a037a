/** F25: what comes back from Stripe Connect is used once, by whom it was meant for, in time, or not at all. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { setStage } from '../proxy/stage.ts';
import { authorize, begin, follow, stripeOf } from '../support/through-connect.ts';

const tokensAsked = (stage: Awaited<ReturnType<typeof setStage>>) =>
  stage.exchanges.filter(({ path }) => path === '/oauth/token');

test('F25 · the same callback twice: the code is spent once, and the connection stands', async () => {
  const stage = await setStage({ unconnected: true });
  const back = await authorize(await begin(stage));
  const answers = await Promise.all([follow(stage, back), follow(stage, back)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  expect((await follow(stage, back)).status).toBe(400);
  expect(await stripeOf(stage)).toMatchObject({ connected: true });
  expect(tokensAsked(stage)).toHaveLength(1);
  expect(stage.stripe.state.connections).toMatchObject([{ revoked: false }]);
});

test('F25 · a forged, an old and a missing state are refused before anything is asked of Stripe', async () => {
  const stage = await setStage({ unconnected: true });
  const back = await authorize(await begin(stage));
  for (const state of ['forged', '', null]) {
    const forged = new URL(back);
    if (state === null) forged.searchParams.delete('state');
    else forged.searchParams.set('state', state);
    expect((await follow(stage, forged)).status).toBe(400);
  }
  stage.setClock(() => Date.now() + 11 * 60_000);
  expect((await follow(stage, back)).status).toBe(400);
  expect(tokensAsked(stage)).toEqual([]);
  expect(await stripeOf(stage)).toMatchObject({ connected: false });
});

test('F25 · a replayed code under a fresh state connects nothing, and what Stripe ends by it is seen', async () => {
  const stage = await setStage({ unconnected: true });
  const first = await authorize(await begin(stage));
  expect((await follow(stage, first)).status).toBe(200);
  const second = await begin(stage);
  const replayed = new URL(first);
  replayed.searchParams.set('state', second.searchParams.get('state') ?? '');
  const answer = await follow(stage, replayed);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('already been used')]);
});

test('F25 · an account that Stripe grants in the other mode is not connected', async () => {
  const stage = await setStage({ unconnected: true });
  const back = await authorize(await begin(stage));
  const { fetch: real } = globalThis;
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    const answer = await real(input, init);
    if (!String(input).endsWith('/oauth/token')) return answer;
    return Response.json({ ...(await answer.json()), livemode: true });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  const answer = await follow(stage, back);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('other mode')]);
  expect(await stripeOf(stage)).toMatchObject({ connected: false });
});

test('F25 · a state that was begun in live mode connects nothing in test mode', async () => {
  const stage = await setStage({ unconnected: true });
  const live = await begin(stage, 'live');
  const back = await authorize(await begin(stage));
  back.searchParams.set('state', live.searchParams.get('state') ?? '');
  expect((await follow(stage, back)).status).toBe(400);
  expect(await stripeOf(stage)).toMatchObject({ connected: false });
  expect(await stripeOf(stage, 'live')).toMatchObject({ connected: false });
});

test('F25 · Connect that was begun by a browser which was unpaired since is refused', async () => {
  const stage = await setStage({ unconnected: true });
  const { searchParams } = await begin(stage);
  await stage.ask('DELETE', '/session');
  const answer = await stage.app.request(
    `/v1/connect/callback?state=${searchParams.get('state')}&code=ac_something`,
  );
  expect(answer.status).toBe(400);
  expect(tokensAsked(stage)).toEqual([]);
});
