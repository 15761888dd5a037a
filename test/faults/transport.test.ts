/** Between us and Stripe, and between us and Advocate: what breaks on the wire. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Fault } from '../../sandbox/advocate/faults.ts';
import type { FaultInput } from '../../sandbox/stripe/faults.ts';
import { setStage } from '../proxy/stage.ts';
import { expectPaidOnce, expectUnpaid } from './expect-paid-once.ts';
import {
  ANOTHER_CUSTOMER,
  askUntilSettled,
  atCredit,
  ID,
  later,
  REDEEM,
  relink,
  twoCustomers,
} from './scene.ts';

const NOTE = { operation: 'Note' };

const atStripe: [string, FaultInput[]][] = [
  ['F1 · reset before the request is read: it is sent again', [{ fault: 'F1' }]],
  ['F1 · every send is reset: nothing is believed, and it is sent again later', [{ fault: 'F1', times: 3 }]],
  ['F2 · reset after commit, before headers: the credit is found', [{ fault: 'F2' }]],
  ['F2 · reset after commit three times: the credit is found', [{ fault: 'F2', times: 3 }]],
  ['F1, F2 · a reset before, then one after the commit: one credit', [{ fault: 'F1' }, { fault: 'F2' }]],
  ['F3 · stall in the middle of the answer: half an answer is no answer', [{ fault: 'F3' }]],
  ['F5 · 500 before execution: it is sent again under the same key', [{ fault: 'F5' }]],
  ['F26 · should-retry false on a 500: the ledger decides, not the header', [{ fault: 'F26' }]],
  ['F26 · should-retry false although it was done: the credit is found', [{ fault: 'F26', commit: true }]],
  ['F27 · an HTML 502 instead of an answer: it is sent again', [{ fault: 'F27' }]],
  ['F27 · an HTML 502 although it was done: the credit is found', [{ fault: 'F27', commit: true }]],
  ['F28 · a redirect: the POST is not repeated elsewhere', [{ fault: 'F28' }]],
  ['F28 · a redirect although it was done: the credit is found', [{ fault: 'F28', commit: true }]],
];

describe('on the way to Stripe there is one credit in the end', () => {
  test.each(atStripe)('%s', async (_, faults) => {
    const stage = await setStage();
    for (const fault of faults) atCredit(stage, fault);
    const outcomes = await askUntilSettled(stage);
    expect(outcomes.get(ID)).toMatchObject({ state: 'redeemed', credit: { before: 0, after: 2000 } });
    expectPaidOnce(stage);
  });

  test.each(atStripe)('%s (struck again where it is looked for)', async (_, faults) => {
    const stage = await setStage();
    for (const fault of faults) {
      atCredit(stage, fault);
      stage.stripe.inject({ ...fault, method: 'GET', times: 2 });
    }
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });
});

const atAdvocate: [string, Fault][] = [
  ['F1 · reset before the request is read', { fault: 'reset-before' }],
  ['F2 · reset after commit, before headers', { fault: 'reset-after-commit' }],
  ['F2 · reset after commit three times', { fault: 'reset-after-commit', times: 3 }],
  ['F5 · 500 before execution', { fault: 'error-500' }],
  ['F7 · 500 after commit', { fault: 'error-500-after-commit' }],
  ['F9 · too many requests', { fault: 'rate-limited', retryAfter: 1 }],
  ['F14 · a refused key', { fault: 'unauthorized' }],
  ['F27 · an HTML 502', { fault: 'html-502' }],
];

describe('on the way back to Advocate the reward is redeemed once, and paid once', () => {
  test.each(atAdvocate)('%s at the redemption', async (_, fault) => {
    const stage = await setStage();
    stage.advocate.inject({ ...fault, path: REDEEM });
    const outcomes = await askUntilSettled(stage);
    expect(outcomes.get(ID)).toMatchObject({ state: 'redeemed' });
    expectPaidOnce(stage);
  });

  test.each(atAdvocate)('%s at the note: written later, and nothing waits for it', async (_, fault) => {
    const stage = await setStage();
    stage.advocate.inject({ ...fault, ...NOTE, times: 1 });
    const [outcome] = await stage.credits({ rewards: [ID] });
    expect(outcome).toMatchObject({ state: 'redeemed' });
    later(stage, 60_000);
    await stage.parts.ofMode('test').finishNotes();
    expectPaidOnce(stage);
  });
});

test('F2 · the note is written once, however often the notes are gone through', async () => {
  const stage = await setStage();
  stage.advocate.inject({ fault: 'error-500', ...NOTE });
  await stage.credits({ rewards: [ID] });
  for (const minutes of [1, 2, 3]) {
    later(stage, minutes * 60_000);
    await stage.parts.ofMode('test').finishNotes();
    await stage.credits({ rewards: [ID] });
  }
  expectPaidOnce(stage);
  const notes = stage.exchanges.filter(({ requestBody }) => requestBody.includes('upsertRewardMeta'));
  expect(notes.map(({ status }) => status)).toEqual([500, 200]);
});

/** Stripe is given up after 20 seconds and Advocate after 15; here after 50 milliseconds, to the same effect. */
function giveUpSooner(): void {
  const { setTimeout: real } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.stubGlobal('setTimeout', (work: () => void, ms?: number) => real(work, ms === 20_000 ? 50 : ms));
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(50));
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

describe('F4 · time-out, then late commit', () => {
  test('the commit comes when we have given up: it is found, not made again', async () => {
    giveUpSooner();
    const stage = await setStage();
    atCredit(stage, { fault: 'F4' });
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test('the commit comes after a relink: only the customer who was sent to first is credited', async () => {
    giveUpSooner();
    const stage = await setStage(twoCustomers);
    atCredit(stage, { fault: 'F4', lateMs: 700 });
    const [unknown] = await stage.credits({ rewards: [ID] });
    expect(unknown).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
    relink(stage, ANOTHER_CUSTOMER);
    const [waits] = await stage.credits({ rewards: [ID] });
    expect(waits).toMatchObject({ state: 'waiting', reason: 'outcome_unknown' });
    expectUnpaid(stage);
    const answers = () => Object.values(stage.stripe.state.idempotency).map(({ answer }) => answer?.status);
    await vi.waitFor(() => expect(answers()).toEqual([200]), 5000);
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });

  test('Advocate does not answer to the redemption: it is asked again, and redeemed once', async () => {
    const stage = await setStage();
    stage.advocate.inject({ fault: 'timeout', path: REDEEM });
    giveUpSooner();
    await askUntilSettled(stage);
    expectPaidOnce(stage);
  });
});
