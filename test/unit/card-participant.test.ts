import { describe, expect, test } from 'vitest';
import { findParticipant } from '../../src/content/find-participant.ts';
import { ann, worker } from './card-world.ts';

const bob = { ...ann, accountId: 'bob', userId: 'bob', name: 'Bob', email: 'bob@example.com' };
const anywhere = 'https://app.impact.com/engage';
const answering = (...participants: (typeof ann)[]) => worker({ participants: () => ({ participants }) }).ask;

describe('who the page is about is what Advocate confirms', () => {
  test('resembling participants in the answer do not count', async () => {
    const ask = answering({ ...ann, email: 'ann@example.com.au' }, ann, bob);
    expect(await findParticipant(ask, { email: 'ANN@example.com' }, true, anywhere)).toEqual({
      kind: 'one',
      participant: ann,
      shared: false,
    });
  });

  test('an id that contradicts the e-mail is asked about, sure page or not', async () => {
    const found = await findParticipant(
      answering(ann),
      { email: 'ann@example.com', userId: 'zoe' },
      true,
      anywhere,
    );
    expect(found).toEqual({ kind: 'ask', participants: [ann] });
  });

  test('e-mail and id of two people are nobody', async () => {
    const found = await findParticipant(
      answering(ann, bob),
      { email: 'ann@example.com', userId: 'bob' },
      true,
      anywhere,
    );
    expect(found.kind).toBe('ask');
  });

  test('an unsure page is settled by two facts that agree, not by one', async () => {
    const both = { email: 'ann@example.com', userId: 'ann' };
    expect(await findParticipant(answering(ann), both, false, anywhere)).toMatchObject({ kind: 'one' });
    expect(
      await findParticipant(answering(ann), { email: 'ann@example.com' }, false, anywhere),
    ).toMatchObject({
      kind: 'ask',
    });
  });

  test('of several with one e-mail the address may name one', async () => {
    const twin = { ...ann, userId: 'ann+2' };
    const at = 'https://app.impact.com/participants/ann%2B2';
    expect(await findParticipant(answering(ann, twin), { email: 'ann@example.com' }, true, at)).toEqual({
      kind: 'one',
      participant: twin,
      shared: true,
    });
  });

  test('ids are compared letter by letter, as Advocate does', async () => {
    expect(await findParticipant(answering(ann), { userId: 'ANN' }, true, anywhere)).toEqual({
      kind: 'none',
    });
  });
});
