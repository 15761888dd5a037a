import { describe, expect, test } from 'vitest';
import { CardModel } from '../../src/content/card-model.ts';
import { ann, problem, worker } from './card-world.ts';

async function card(
  handlers: Parameters<typeof worker>[0],
  {
    sure = true,
    hints = { email: 'ann@example.com' },
    address = 'https://app.impact.com/participants/1',
  } = {},
) {
  const { ask, asked } = worker(handlers);
  const model = new CardModel({
    ask,
    hints,
    sure,
    address,
    signal: new AbortController().signal,
    stillHere: () => true,
    onChange: () => undefined,
  });
  await model.start();
  return { model, asked };
}

describe('what is shown', () => {
  test('a sure page in an unpaired browser says how to pair', async () => {
    const { model } = await card({ desk: () => null });
    expect(model.state.screen.is).toBe('not_paired');
  });

  test('an unsure page in an unpaired browser stays as it was', async () => {
    const { model } = await card({ desk: () => null }, { sure: false });
    expect(model.state.screen.is).toBe('nothing');
  });

  test('nobody at Advocate: a quiet line on a sure page, nothing on an unsure one', async () => {
    const nobody = { participants: () => ({ participants: [] }) };
    expect((await card(nobody)).model.state.screen.is).toBe('not_found');
    expect((await card(nobody, { sure: false })).model.state.screen.is).toBe('nothing');
  });

  test('a failure on an unsure page leaves the page as it was', async () => {
    const down = { participants: () => problem('proxy_unreachable') };
    expect((await card(down)).model.state.screen.is).toBe('failed');
    expect((await card(down, { sure: false })).model.state.screen.is).toBe('nothing');
  });

  test('several who fit are asked about, and none is opened', async () => {
    const { model, asked } = await card({
      participants: () => ({ participants: [ann, { ...ann, userId: 'ann2' }] }),
    });
    expect(model.state.screen).toMatchObject({
      is: 'ask',
      participants: [{ userId: 'ann' }, { userId: 'ann2' }],
    });
    expect(asked.some(([name]) => name === 'participant')).toBe(false);
  });
});

test('nobody of those asked about: the page is left alone', async () => {
  const { model, asked } = await card({}, { sure: false });
  expect(model.state.screen.is).toBe('ask');
  model.dismiss();
  expect(model.state.screen.is).toBe('nothing');
  expect(asked.some(([name]) => name === 'participant')).toBe(false);
});

describe('the page of one tenant, the card of the other mode', () => {
  const live = 'https://app.impact.com/acme/participants/1';

  test.each([
    live,
    'https://app.impact.com/p?tenant=acme',
    'https://app.impact.com/p#/%61cme/participants/1',
  ])('is said at %s, and nobody is looked up there', async (address) => {
    const { model, asked } = await card({}, { address });
    expect(model.state.screen.is).toBe('other_mode');
    expect(asked.map(([name]) => name)).toEqual(['desk']);
    expect((await card({}, { address, sure: false })).model.state.screen.is).toBe('nothing');
  });

  test('an address that names this mode’s tenant, or none, is no reason to stop', async () => {
    for (const address of [
      'https://app.impact.com/acme_test/participants/1?from=acme',
      'https://app.impact.com/p',
    ])
      expect((await card({}, { address })).model.state.screen.is).toBe('participant');
  });

  test('a card does not follow its page into the other tenant', async () => {
    const { model } = await card({});
    expect(model.fits('https://app.impact.com/acme_test/participants/1')).toBe(true);
    expect(model.fits(live)).toBe(false);
  });
});
