import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AuditEntry } from '../../src/contract/audit.ts';
import { append, hashOf, type NewEntry, page, record } from '../../src/proxy/audit.ts';
import { verify } from '../../src/proxy/audit-verify.ts';
import { auditCommand } from '../../src/proxy/commands/audit.ts';
import { openDatabase } from '../../src/proxy/database.ts';
import {
  ANNA,
  ANNAS_CUSTOMER,
  type Cast,
  customer,
  participant,
  reward,
  type Stage,
  setStage,
} from './stage.ts';

const ID = reward().id ?? '';
const SUBJECT = `${ANNA.accountId}/${ANNA.userId}`;
const HEX = /^[0-9a-f]{64}$/;

/** The history, oldest first, of one action. */
async function entriesOf({ db }: Pick<Stage, 'db'>, action: AuditEntry['action']) {
  const { entries } = await page(db, {});
  return entries
    .filter((entry) => entry.action === action)
    .reverse()
    .map(({ before, after, ...entry }) => ({
      ...entry,
      before: before === null ? null : JSON.parse(before),
      after: after === null ? null : JSON.parse(after),
    }));
}
const PERSON = { id: expect.any(String), name: 'admin’s browser' };
const settingsOf = async (stage: Stage) => {
  const { backfill: _, turnedOnAt: __, ...body } = await stage.parts.settings.read('test');
  return body;
};

test('an invitation, a pairing and its end are in the history, with who did it', async () => {
  const stage = await setStage();
  const token = await stage.pairAs('support');
  await stage.ask('DELETE', '/session', undefined, token);
  const [, invited] = await entriesOf(stage, 'invited');
  expect(invited).toMatchObject({ actor: null, after: { role: 'support', by: 'command line' } });
  const [, paired] = await entriesOf(stage, 'paired');
  expect(paired).toMatchObject({ actor: { name: 'support’s browser' }, after: { code: invited?.subject } });
  const [unpaired] = await entriesOf(stage, 'unpaired');
  expect(unpaired).toMatchObject({
    actor: paired?.actor,
    subject: paired?.subject,
    before: { role: 'support' },
  });
  await stage.ask('DELETE', '/session', undefined, token);
  expect(await entriesOf(stage, 'unpaired')).toHaveLength(1);
});

test('connecting, disconnecting and losing the access are in the history', async () => {
  const stage = await setStage();
  const account = stage.stripe.state.accountId;
  await Promise.all(
    [1, 2, 3].map(() =>
      stage.parts.connections.markBroken('test', account, 'sk_test_51Abcdefgh was revoked'),
    ),
  );
  expect(await entriesOf(stage, 'access_lost')).toMatchObject([
    { actor: null, mode: 'test', subject: account, after: { why: '[secret] was revoked' } },
  ]);
  await stage.ask('DELETE', '/connect/test');
  expect(await entriesOf(stage, 'disconnected')).toMatchObject([{ actor: PERSON, subject: account }]);

  const { body } = await stage.ask('POST', '/connect/test');
  const url = new URL(String(body.url));
  const form = new URLSearchParams({ ...Object.fromEntries(url.searchParams), decision: 'connect' });
  const granted = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const query = new URL(granted.headers.get('location') ?? '').searchParams;
  await stage.parts.connections.finish(Object.fromEntries(query));
  expect(await entriesOf(stage, 'connected')).toMatchObject([
    { actor: PERSON, mode: 'test', subject: account },
  ]);
});

test('changed settings are in the history with what they were and are', async () => {
  const stage = await setStage();
  const body = await settingsOf(stage);
  const answer = await stage.ask('PUT', '/test/settings', { ...body, paused: true });
  expect(answer.status).toBe(200);
  const changed = await entriesOf(stage, 'settings_changed');
  expect(changed).toMatchObject([
    {
      actor: PERSON,
      mode: 'test',
      before: { version: 1, paused: false },
      after: { version: 2, paused: true },
    },
  ]);
  expect((await stage.ask('PUT', '/test/settings', { ...body, paused: true })).status).toBe(409);
  expect(await entriesOf(stage, 'settings_changed')).toEqual(changed);
});

test('confirming what was earned earlier is in the history with what was seen', async () => {
  const stage = await setStage();
  const seen = [{ amount: 2000, currency: 'USD' }];
  const answer = await stage.ask('POST', '/test/backfill', { version: 1, seen });
  expect(answer.status).toBe(200);
  expect(await entriesOf(stage, 'backfill_confirmed')).toMatchObject([{ actor: PERSON, after: { seen } }]);
});

test('links are in the history: made, removed, and changed elsewhere', async () => {
  const other = customer({ id: 'cus_AnnaMeyer00002', email: 'anna2@example.com' });
  const stage = await setStage({ customers: [customer(), other] });
  const path = `/test/participants/${encodeURIComponent(ANNA.accountId)}/${encodeURIComponent(ANNA.userId)}/link`;
  await stage.ask('PUT', path, { customer: other.id, previous: ANNAS_CUSTOMER });
  expect(await entriesOf(stage, 'linked')).toMatchObject([
    { actor: PERSON, subject: SUBJECT, before: { customer: ANNAS_CUSTOMER }, after: { customer: other.id } },
  ]);
  await stage.ask('DELETE', path, { previous: other.id });
  expect(await entriesOf(stage, 'unlinked')).toMatchObject([
    { actor: PERSON, subject: SUBJECT, before: { customer: other.id }, after: { customer: null } },
  ]);
  expect(await entriesOf(stage, 'link_changed_elsewhere')).toEqual([]);

  await stage.parts.ofMode('test').advocate.setLink(ANNA.accountId, ANNA.userId, 'anna@example.com');
  await Promise.all([stage.ask('GET', '/test/rewards'), stage.ask('GET', '/test/rewards')]);
  const [found, again] = await entriesOf(stage, 'link_changed_elsewhere');
  expect(found).toMatchObject({ actor: null, subject: SUBJECT, before: { customer: null } });
  expect(found?.after.customer).not.toContain('@');
  expect(again).toBeUndefined();
});

test('a customer that was created is in the history, one that was there already is not', async () => {
  const stage = await setStage({ customers: [], participants: [participant({ customFields: {} })] });
  const { body } = await stage.ask('POST', '/test/customers', ANNA);
  await stage.ask('POST', '/test/customers', ANNA);
  expect(await entriesOf(stage, 'customer_created')).toMatchObject([
    { actor: PERSON, subject: SUBJECT, after: { customer: body.id } },
  ]);
});

test('a credit is in the history once, with money, customer and balance, and so is its redemption', async () => {
  const stage = await setStage();
  const [outcome] = await stage.credits({ rewards: [ID] });
  await stage.credits({ rewards: [ID] });
  expect(await entriesOf(stage, 'credited')).toMatchObject([
    {
      actor: PERSON,
      mode: 'test',
      subject: ID,
      before: { balance: { amount: 0, currency: 'USD' } },
      after: {
        balance: { amount: 2000, currency: 'USD' },
        money: { amount: 2000, currency: 'USD' },
        customer: ANNAS_CUSTOMER,
        credit: outcome?.credit?.id,
      },
    },
  ]);
  expect(await entriesOf(stage, 'redeemed')).toMatchObject([{ actor: PERSON, subject: ID }]);
});

test.each<[AuditEntry['action'], Cast, 'confirmCurrency' | 'releaseCap']>([
  ['currency_confirmed', { customers: [customer({ currency: null })] }, 'confirmCurrency'],
  ['cap_released', { settings: { caps: { USD: { perCredit: 100, perDay: null } } } }, 'releaseCap'],
  ['cap_released', { settings: { caps: { USD: { perCredit: null, perDay: 100 } } } }, 'releaseCap'],
])('%s is in the history where it is why the reward went through', async (action, cast, word) => {
  const stage = await setStage(cast);
  await stage.credits({ rewards: [ID] });
  await stage.credits({ rewards: [ID], dryRun: true, [word]: [ID] });
  expect(await entriesOf(stage, action)).toEqual([]);
  await stage.credits({ rewards: [ID], [word]: [ID] });
  expect(await entriesOf(stage, action)).toMatchObject([{ actor: PERSON, subject: ID, mode: 'test' }]);
  expect(await entriesOf(stage, 'held')).toHaveLength(1);
  expect(await entriesOf(stage, 'released')).toMatchObject([{ subject: ID, after: { state: 'redeemed' } }]);
});

test('an agreement that was not needed is not in the history', async () => {
  const stage = await setStage();
  await stage.credits({ rewards: [ID], confirmCurrency: [ID], releaseCap: [ID] });
  expect(await entriesOf(stage, 'currency_confirmed')).toEqual([]);
  expect(await entriesOf(stage, 'cap_released')).toEqual([]);
  expect(await entriesOf(stage, 'credited')).toHaveLength(1);
});

test('support may read the history, newest first, page by page and by subject; a stranger may not', async () => {
  const stage = await setStage();
  const support = await stage.pairAs('support');
  for (let i = 0; i < 150; i++) await record(stage.db, entry(`s${i % 3}`));
  const first = await stage.ask('GET', '/audit', undefined, support);
  const entries = first.body.entries as AuditEntry[];
  expect(entries).toHaveLength(100);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => (entries[0]?.seq ?? 0) - i));
  const second = await stage.ask('GET', `/audit?before=${first.body.before}`, undefined, support);
  expect((second.body.entries as AuditEntry[])[0]?.seq).toBe((entries.at(-1)?.seq ?? 0) - 1);
  expect(second.body.before).toBeNull();
  const bySubject = await stage.ask('GET', '/audit?subject=s1', undefined, support);
  expect(bySubject.body.entries).toHaveLength(50);
  expect((await stage.ask('GET', '/audit?after=1', undefined, support)).status).toBe(400);
  expect((await stage.ask('GET', '/audit', undefined, 'none')).status).toBe(401);
});

test('nothing is in the history that was rolled back', async () => {
  const { db } = await setStage();
  const failed = db.transaction().execute(async (tx) => {
    await append(tx, entry('x'));
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect((await page(db, { subject: 'x' })).entries).toEqual([]);
  expect(await verify(db)).toMatchObject({ whole: true });
});

test('fifty at once keep the chain', async () => {
  const { db } = await setStage();
  const { rows: before } = await verify(db);
  await Promise.all(Array.from({ length: 50 }, (_, i) => record(db, entry(`at once ${i}`))));
  expect(await verify(db)).toMatchObject({ whole: true, rows: before + 50, head: { seq: before + 50 } });
});

const entry = (subject: string): NewEntry => ({
  actor: { id: 'b1', name: 'Laptop' },
  mode: 'test',
  action: 'held',
  subject,
  before: null,
  after: { reason: 'currency_unset' },
});

/** A database file with a history of nine rows, and what the command says of it after somebody was at it. */
async function history() {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'ledger.db');
  const db = await openDatabase(`file:${file}`);
  for (let i = 1; i <= 9; i++) await record(db, entry(`r${i}`));
  await db.destroy();
  return {
    file,
    tamper(change: (sqlite: Sqlite.Database) => void) {
      const sqlite = new Sqlite(file);
      change(sqlite);
      sqlite.close();
    },
    async verified(...args: string[]) {
      const written: string[] = [];
      const spies = [process.stdout, process.stderr].map((stream) =>
        vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
      );
      const code = await auditCommand(['verify', ...args], { DATABASE_URL: `file:${file}` });
      for (const spy of spies) spy.mockRestore();
      return { code, text: written.join('') };
    },
  };
}

/** Changes places and keeps the numbers in order, as somebody would who hopes not to be seen. */
const swap = (a: number, b: number) =>
  `update audit set seq = -1 where seq = ${a}; update audit set seq = ${a} where seq = ${b};
   update audit set seq = ${b} where seq = -1`;

test.each<[string, string, string, number]>([
  ['an edited amount', `update audit set after = '{"reason":"none"}' where seq = 5`, 'edited', 5],
  ['an edited time', 'update audit set at = at + 1 where seq = 5', 'edited', 5],
  ['another actor', "update audit set actor = 'b2' where seq = 1", 'edited', 1],
  ['another name', "update audit set actor_name = 'Desktop' where seq = 2", 'edited', 2],
  ['another mode', "update audit set mode = 'live' where seq = 2", 'edited', 2],
  ['another action', "update audit set action = 'released' where seq = 2", 'edited', 2],
  ['another subject', "update audit set subject = 'r8' where seq = 7", 'edited', 7],
  ['something before', "update audit set before = '{}' where seq = 7", 'edited', 7],
  ['an edited hash', `update audit set hash = '${'a'.repeat(64)}' where seq = 4`, 'edited', 4],
  ['an edited last row', "update audit set subject = 'r1' where seq = 9", 'edited', 9],
  ['a removed row', 'delete from audit where seq = 4', 'removed', 4],
  ['a removed first row', 'delete from audit where seq = 1', 'removed', 1],
  ['a shortened end', 'delete from audit where seq > 7', 'shortened', 9],
  ['everything removed', 'delete from audit', 'shortened', 9],
  ['two neighbours that changed places', swap(3, 4), 'reordered', 3],
  ['two others that changed places', swap(2, 7), 'reordered', 2],
  ['a row put between', INSERTED(5), 'inserted', 5],
  ['a row put at the end', COPIED(9, 10), 'edited', 10],
  ['a row put before the first', COPIED(9, 0), 'inserted', 0],
  ['no note of the newest row', "delete from facts where name = 'audit_head'", 'rewritten', 9],
  ['a spoilt note', "update facts set value = 'x' where name = 'audit_head'", 'rewritten', 9],
])('%s is found', async (_, change, how, seq) => {
  const { tamper, verified } = await history();
  expect(await verified()).toMatchObject({ code: 0 });
  tamper((sqlite) => sqlite.exec(change));
  const { code, text } = await verified('--json');
  expect(code).toBe(1);
  expect(JSON.parse(text).findings[0]).toMatchObject({ how, seq });
  const table = await verified();
  expect(table.text).toContain('BROKEN');
  expect(table.text).toContain(how);
});

function COPIED(from: number, to: number): string {
  return `insert into audit select ${to}, at, actor, actor_name, mode, action, subject, before, after, hash
    from audit where seq = ${from}`;
}
function INSERTED(at: number): string {
  return `update audit set seq = seq + 100 where seq >= ${at};
    update audit set seq = seq - 99 where seq >= 100; ${COPIED(2, at)}`;
}

test('an edited row whose hash was made to fit is found by the next one, and at the end by the note', async () => {
  for (const seq of [5, 9]) {
    const { file, tamper, verified } = await history();
    const db = await openDatabase(`file:${file}`);
    const rows = await db.selectFrom('audit').selectAll().orderBy('seq').execute();
    await db.destroy();
    const edited = { ...rows[seq - 1], subject: 'r1' };
    const hash = hashOf(rows[seq - 2]?.hash ?? '', { ...(rows[seq - 1] ?? never()), subject: 'r1' });
    tamper((sqlite) =>
      sqlite.prepare('update audit set subject = ?, hash = ? where seq = ?').run(edited.subject, hash, seq),
    );
    const { code, text } = await verified('--json');
    expect(code).toBe(1);
    expect(JSON.parse(text).findings).toHaveLength(1);
  }
});
const never = () => {
  throw new Error('the row is there');
};

test('money does not stop for a history that was tampered with, and the break stays visible', async () => {
  const { file, tamper, verified } = await history();
  tamper((sqlite) => sqlite.exec(`delete from facts where name = 'audit_head'; ${COPIED(9, 12)}`));
  const db = await openDatabase(`file:${file}`);
  await record(db, entry('later'));
  await db.destroy();
  expect(await verified()).toMatchObject({ code: 1 });
});

test('the command says whole, and names the newest row to be written down', async () => {
  const { file, verified } = await history();
  const { code, text } = await verified('--json');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toMatchObject({ whole: true, rows: 9, head: { seq: 9 }, findings: [] });
  expect(JSON.parse(text).head.hash).toMatch(HEX);
  const run = await promisify(execFile)(process.execPath, ['src/proxy/cli.ts', 'audit', 'verify'], {
    env: { ...process.env, DATABASE_URL: `file:${file}` },
  });
  expect(run.stdout).toContain('History       whole');
});

test('what cannot be read is neither whole nor broken', async () => {
  const { file, tamper, verified } = await history();
  tamper((sqlite) => sqlite.exec('drop table audit'));
  expect(await verified()).toMatchObject({ code: 2 });
  await rm(file);
  const missing = await verified();
  expect(missing.code).toBe(2);
  expect(missing.text).toContain('There is no database');
  expect(await verified('twice')).toMatchObject({ code: 2 });
});
