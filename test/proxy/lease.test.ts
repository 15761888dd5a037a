import { expect, test } from 'vitest';
import type { Lease, Session } from '../../src/contract/routes.ts';
import { setStage } from './stage.ts';

const SECOND = 1000;

/** Two admins' browsers on one proxy whose clock stands until it is moved. */
async function twoBrowsers() {
  let clock = Date.now();
  const stage = await setStage({ now: () => clock });
  const other = await stage.pairAs('admin', 'the other');
  const take = async (token: string, mode = 'test') =>
    (await stage.ask('PUT', `/${mode}/lease`, undefined, token)).body as Lease;
  const told = async (token: string, mode: 'test' | 'live' = 'test') =>
    ((await stage.ask('GET', '/session', undefined, token)).body as Session).modes[mode];
  return {
    ...stage,
    one: stage.admin,
    other,
    take,
    told,
    later: (ms: number) => {
      clock += ms;
    },
  };
}

test('who asks first sends, and everybody is told who it is', async () => {
  const { one, other, take, told } = await twoBrowsers();
  expect((await told(one)).lease).toEqual({ holder: null, until: null, mine: false });
  expect(await take(one)).toMatchObject({ mine: true, holder: { name: 'admin’s browser' } });
  expect(await take(other)).toMatchObject({ mine: false, holder: { name: 'admin’s browser' } });
  expect((await told(other)).lease).toMatchObject({ mine: false, holder: { name: 'admin’s browser' } });
  expect((await told(one)).lease).toMatchObject({ mine: true });
});

test('a lease that is renewed at each alarm is never lost, however often the other asks', async () => {
  const { one, other, take, later } = await twoBrowsers();
  for (let alarm = 0; alarm < 10; alarm++) {
    expect((await take(one)).mine).toBe(true);
    later(29 * SECOND);
    expect((await take(other)).mine).toBe(false);
    later(1 * SECOND);
  }
});

test('asking in vain does not lengthen a lease, and a dead browser is followed within two minutes', async () => {
  const { one, other, take, told, later } = await twoBrowsers();
  await take(one);
  const asked: boolean[] = [];
  // The other's alarm fires twice a minute.
  for (let passed = 0; passed < 120; passed += 30) {
    later(30 * SECOND);
    asked.push((await take(other)).mine);
  }
  expect(asked).toEqual([false, false, true, true]);
  expect((await told(one)).lease).toMatchObject({ mine: false, holder: { name: 'the other' } });
  expect((await told(one)).lastRun?.browserName).toBe('the other');
});

test('who comes back after the take-over waits like anybody else', async () => {
  const { one, other, take, later } = await twoBrowsers();
  await take(one);
  later(76 * SECOND);
  expect((await take(other)).mine).toBe(true);
  expect(await take(one)).toMatchObject({ mine: false, holder: { name: 'the other' } });
});

test('a browser that leaves hands the lease over at once', async () => {
  const { one, other, take, ask } = await twoBrowsers();
  await take(one);
  expect((await take(other)).mine).toBe(false);
  expect((await ask('DELETE', '/session', undefined, one)).status).toBe(200);
  expect((await take(other)).mine).toBe(true);
});

test('when both ask at once after a death, exactly one gets it', async () => {
  const { one, other, take, pairAs, later } = await twoBrowsers();
  const third = await pairAs('admin', 'the third');
  await take(one);
  later(76 * SECOND);
  const leases = await Promise.all([take(other), take(third), take(other), take(third)]);
  expect(new Set(leases.map(({ holder }) => holder?.id)).size).toBe(1);
  expect(leases.filter(({ mine }) => mine)).toHaveLength(2);
});

test('each mode has a lease of its own, and support cannot take one', async () => {
  const { one, other, take, told, pairAs, ask } = await twoBrowsers();
  expect((await take(one, 'test')).mine).toBe(true);
  expect((await take(other, 'live')).mine).toBe(true);
  expect((await told(one, 'live')).lease).toMatchObject({ mine: false, holder: { name: 'the other' } });
  const support = await pairAs('support');
  expect((await ask('PUT', '/test/lease', undefined, support)).status).toBe(403);
});
