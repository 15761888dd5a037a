/** What is asked all day goes by an index to the few rows that it is about, however many years of rows lie behind it. */
import { CompiledQuery, DefaultQueryExecutor } from 'kysely';
import { expect, inject, test, vi } from 'vitest';
import { createVitals } from '../../src/proxy/vitals.ts';
import { ANNA, ANNAS_CUSTOMER, reward, type Stage, setStage } from './stage.ts';

const ANNAS_KEY = { accountId: encodeURIComponent(ANNA.accountId), userId: encodeURIComponent(ANNA.userId) };
const PERSON = `/test/participants/${ANNAS_KEY.accountId}/${ANNAS_KEY.userId}`;
const BY_EMAIL = `/test/customers?q=${ANNAS_KEY.userId}&accountId=${ANNAS_KEY.accountId}&userId=${ANNAS_KEY.userId}`;

/** A row for each reward, participant, browser or deed; of all others there are few. */
const GROWING = 'ledger|links|link_changes|told|holds|reversals|audit|tokens|browsers|heard|hints';
/** All rows of a table, or all of a mode. */
const WALK = new RegExp(
  `^(?:SCAN (?:${GROWING})\\b|SEARCH (?:${GROWING}) USING (?:COVERING )?INDEX (\\w+) \\(mode=\\?\\)$)`,
);
/** Where that is right: of the first the end alone is read, and the others hold only what is open. */
const MAY_BE_WALKED = ['links_by_seq', 'holds_by_seq', 'ledger_unfinished', 'told_held'];

/** Every statement, inside transactions too. */
async function statementsOf(work: () => Promise<unknown>): Promise<CompiledQuery[]> {
  const executed = vi.spyOn(DefaultQueryExecutor.prototype, 'executeQuery');
  await work();
  const all = executed.mock.calls.map(([compiled]) => compiled);
  executed.mockRestore();
  return all;
}

async function walksIn({ db }: Stage, statements: CompiledQuery[]): Promise<string[]> {
  const walks: string[] = [];
  for (const { sql, parameters } of statements) {
    if (/^(?:begin|commit|rollback|savepoint|release)/i.test(sql)) continue;
    const plan = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    );
    for (const { detail } of plan.rows) {
      const [walk, index = ''] = WALK.exec(detail) ?? [];
      if (walk !== undefined && !MAY_BE_WALKED.includes(index)) walks.push(`${detail}: ${sql}`);
    }
  }
  return walks;
}

test.skipIf(inject('postgres') !== undefined)(
  'nothing that is asked all day walks through a table',
  async () => {
    const stage = await setStage();
    const asked: [what: string, least: number, work: () => Promise<unknown>][] = [
      ['the session', 4, () => stage.ask('GET', '/session')],
      ['the lease', 4, () => stage.ask('PUT', '/test/lease')],
      ['new rewards', 8, () => stage.ask('GET', '/test/rewards')],
      ['a credit', 20, () => stage.ask('POST', '/test/credits', { rewards: [reward().id] })],
      ['a participant', 8, () => stage.ask('GET', PERSON)],
      ['a customer', 4, () => stage.ask('GET', `/test/customers?q=${ANNAS_CUSTOMER}`)],
      ['customers by e-mail', 4, () => stage.ask('GET', BY_EMAIL)],
      ['matches', 4, () => stage.ask('POST', '/test/matches', { participants: [ANNA] })],
      ['unlinking', 8, () => stage.ask('DELETE', `${PERSON}/link`, { previous: ANNAS_CUSTOMER })],
      ['what Prometheus reads', 3, () => createVitals(stage.parts).metrics.read()],
    ];
    for (const [what, least, work] of asked) {
      const statements = await statementsOf(work);
      expect([what, statements.length >= least]).toEqual([what, true]);
      expect([what, await walksIn(stage, statements)]).toEqual([what, []]);
    }
  },
);
