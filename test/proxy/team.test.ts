/** Admins decide who is paired, everybody sees who is, and nobody can lock everybody out. */
import { expect, test } from 'vitest';
import type { Team } from '../../src/contract/team.ts';
import {
  anotherProxy,
  creditsOf,
  creditsThrough,
  participant,
  reward,
  rewardAt,
  type Stage,
  setStage,
} from './stage.ts';

async function team(stage: Stage, token = stage.admin): Promise<Team> {
  const answer = await stage.ask('GET', '/team', undefined, token);
  expect(answer.status).toBe(200);
  return answer.body as Team;
}
const idOf = async (stage: Stage, name: string) =>
  (await team(stage)).members.find((member) => member.name === name)?.id ?? 'nobody';
type Entry = { action: string; actor: { name: string } | null; subject: string };
const entries = async (stage: Stage) => (await stage.ask('GET', '/audit')).body.entries as Entry[];

test('everybody who is paired is there, with role, when they came, when they were last seen, and who drains', async () => {
  const stage = await setStage();
  const support = await stage.pairAs('support', 'Sam’s Firefox');
  await stage.ask('PUT', '/test/lease');
  const { members, waiting } = await team(stage, support);
  expect(waiting).toEqual([]);
  expect(members).toEqual([
    {
      id: expect.any(String),
      name: 'admin’s browser',
      role: 'admin',
      pairedAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
      drains: ['test'],
      me: false,
    },
    expect.objectContaining({ name: 'Sam’s Firefox', role: 'support', drains: [], me: true }),
  ]);
  expect(JSON.stringify(members)).not.toContain(support);
});

test('an admin invites: the code pairs one browser with that role, and the history says who invited', async () => {
  const stage = await setStage();
  const { status, body } = await stage.ask('POST', '/team/invitations', { role: 'support' });
  expect({ status, body }).toEqual({
    status: 200,
    body: { role: 'support', code: expect.stringMatching(/^\w{4}-\w{4}-\w{4}$/), until: expect.any(Number) },
  });
  expect((await team(stage)).waiting).toEqual([{ role: 'support', until: body.until }]);
  const paired = await stage.ask('POST', '/pair', { code: body.code, browserName: 'Sam’s Firefox' }, 'none');
  expect(paired).toMatchObject({ status: 200, body: { role: 'support' } });
  expect((await team(stage)).waiting).toEqual([]);
  const again = await stage.ask('POST', '/pair', { code: body.code, browserName: 'Another' }, 'none');
  expect(again).toMatchObject({ status: 401, body: { code: 'code_invalid' } });
  const invited = (await entries(stage)).find(({ action }) => action === 'invited');
  expect(invited).toMatchObject({ actor: { name: 'admin’s browser' } });
  expect(JSON.stringify(await entries(stage))).not.toContain(body.code);
});

test('a token that is taken away is worth nothing at once, and its lease is free', async () => {
  const stage = await setStage();
  const other = await stage.pairAs('admin', 'Old laptop');
  expect((await stage.ask('PUT', '/test/lease', undefined, other)).body).toMatchObject({ mine: true });
  const id = await idOf(stage, 'Old laptop');
  const removed = await stage.ask('DELETE', `/team/${id}`);
  expect(removed).toMatchObject({ status: 200, body: { members: [{ name: 'admin’s browser' }] } });
  for (const path of ['/session', '/test/ledger', '/team'])
    expect(await stage.ask('GET', path, undefined, other)).toMatchObject({ status: 401 });
  expect((await stage.ask('PUT', '/test/lease')).body).toMatchObject({ mine: true });
  expect((await entries(stage))[0]).toMatchObject({
    action: 'unpaired',
    subject: id,
    actor: { name: 'admin’s browser' },
  });
  expect(await stage.ask('DELETE', `/team/${id}`)).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});

test('a batch that is under way when its browser is removed claims nothing more; what was sent is settled', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `aaaaaaaaaaaaaaaaaaaaaa${String(i).padStart(2, '0')}`);
  const stage = await setStage({ participants: [participant({ rewards: ids.map((id) => reward({ id })) })] });
  const other = await stage.pairAs('admin', 'Mine');
  const old = await idOf(stage, 'admin’s browser');
  let waited = false;
  const proxy = await anotherProxy(stage, async () => {
    if (waited) return;
    waited = true;
    expect((await stage.ask('DELETE', `/team/${old}`, undefined, other)).status).toBe(200);
    stage.setClock(() => Date.now() + 4_000);
  });
  stage.stripe.inject({ fault: 'F9', method: 'POST', path: /balance_transactions$/ });
  const outcomes = await creditsThrough(proxy, stage, ids);
  const credited = ids.filter((id) => creditsOf(stage, id).length > 0);
  expect(credited).toHaveLength(1);
  expect(outcomes.map(({ reward: id, state }) => [id, state])).toEqual([[credited[0], 'redeemed']]);
  expect(ids.filter((id) => rewardAt(stage, id).statuses.includes('REDEEMED'))).toEqual(credited);
});

test('an admin who is removed cannot come back by a code that they made before', async () => {
  const stage = await setStage();
  const other = await stage.pairAs('admin', 'Mallory');
  await stage.pairAs('support', 'Sam');
  const { code } = (await stage.ask('POST', '/team/invitations', { role: 'admin' }, other)).body;
  // Support makes no codes, so none ends with them.
  await stage.ask('DELETE', `/team/${await idOf(stage, 'Sam')}`);
  expect((await team(stage)).waiting).toHaveLength(1);
  await stage.ask('DELETE', `/team/${await idOf(stage, 'Mallory')}`);
  expect((await team(stage)).waiting).toEqual([]);
  expect(await stage.ask('POST', '/pair', { code, browserName: 'Mallory' }, 'none')).toMatchObject({
    status: 401,
    body: { code: 'code_invalid' },
  });
});

test('the last admin stays, and one of two may go by themselves', async () => {
  const stage = await setStage();
  await stage.pairAs('support');
  const mine = await idOf(stage, 'admin’s browser');
  expect(await stage.ask('DELETE', `/team/${mine}`)).toMatchObject({
    status: 409,
    body: { code: 'last_admin', action: expect.stringContaining('Pair another') },
  });
  expect((await stage.ask('GET', '/session')).status).toBe(200);
  await stage.pairAs('admin', 'New laptop');
  expect((await stage.ask('DELETE', `/team/${mine}`)).status).toBe(200);
  expect((await stage.ask('GET', '/session')).status).toBe(401);
});

test('of two admins who remove each other at once one stays', async () => {
  const stage = await setStage();
  const other = await stage.pairAs('admin', 'Other');
  const [mine, theirs] = [await idOf(stage, 'admin’s browser'), await idOf(stage, 'Other')];
  const answers = await Promise.all([
    stage.ask('DELETE', `/team/${theirs}`),
    stage.ask('DELETE', `/team/${mine}`, undefined, other),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  const left = await stage.db
    .selectFrom('browsers')
    .select('id')
    .where('role', '=', 'admin')
    .where('revoked_at', 'is', null)
    .execute();
  expect(left).toHaveLength(1);
});
