import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CardModel, UNDO_MS } from '../../src/content/card-model.ts';
import { ann, candidate, customer, detail, linkedTo, problem, reward, worker } from './card-world.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const key = { accountId: 'house', userId: 'ann' };

async function card(
  handlers: Parameters<typeof worker>[0],
  {
    sure = true,
    stillHere = (): boolean => true,
    hints = { email: 'ann@example.com' },
    address = 'https://app.impact.com/participants/1',
  } = {},
) {
  const { ask, asked, modes } = worker(handlers);
  const gone = new AbortController();
  const model = new CardModel({
    ask,
    hints,
    sure,
    address,
    signal: gone.signal,
    stillHere,
    onChange: () => undefined,
  });
  await model.start();
  const writes = () => asked.filter(([name]) => ['link', 'unlink', 'createCustomer'].includes(name));
  return { model, asked, modes, writes, gone };
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

describe('finding', () => {
  test('starts with the participant’s e-mail and chooses nothing, even for a single match', async () => {
    const { model, asked, writes } = await card({ customers: () => ({ candidates: [candidate('cus_A')] }) });
    model.openFinder();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.at(-1)).toEqual(['customers', { q: 'ann@example.com', participant: key }]);
    expect(model.state.finder?.candidates).toHaveLength(1);
    expect(writes()).toEqual([]);
  });

  test('a link in a misspelt field is looked up by the ID found there', async () => {
    const misspelt = detail({
      linkProblem: 'field_name_differs',
      facts: { detail: 'stripeCustomerID', customer: 'cus_A' },
    });
    const { model, asked } = await card({ participant: () => misspelt });
    model.openFinder();
    expect(asked.at(-1)).toEqual(['customers', { q: 'cus_A', participant: key }]);
  });

  test('an answer to an earlier search does not replace a later one', async () => {
    const { model } = await card({ customers: ({ q }) => ({ candidates: [candidate(`cus_${q}`)] }) });
    const first = model.search('one');
    const second = model.search('two');
    await Promise.all([first, second]);
    expect(model.state.finder).toMatchObject({ searched: 'two', candidates: [{ id: 'cus_two' }] });
  });

  test('typing while a search runs neither loses its answer nor what was typed', async () => {
    const { model } = await card({ customers: () => ({ candidates: [candidate('cus_A')] }) });
    model.openFinder();
    model.type('ann@example.com and more');
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.finder).toMatchObject({
      q: 'ann@example.com and more',
      searching: false,
      searched: 'ann@example.com',
      candidates: [{ id: 'cus_A' }],
    });
  });

  test('a finder opened anew is not answered by the search before', async () => {
    const answers = ['cus_Old', 'cus_New'];
    const held: (() => void)[] = [];
    const { ask } = worker({ customers: () => ({ candidates: [candidate(answers.shift() ?? '')] }) });
    const model = new CardModel({
      ask: async (name, request, mode) => {
        const reply = await ask(name, request, mode);
        if (name === 'customers') await new Promise<void>((resolve) => held.push(resolve));
        return reply;
      },
      hints: { email: 'ann@example.com' },
      sure: true,
      address: 'https://app.impact.com/participants/1',
      signal: new AbortController().signal,
      stillHere: () => true,
      onChange: () => undefined,
    });
    await model.start();
    model.openFinder();
    model.closeFinder();
    model.openFinder();
    await vi.advanceTimersByTimeAsync(0);
    held[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.finder?.searching).toBe(true);
    held[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.finder?.candidates).toMatchObject([{ id: 'cus_New' }]);
  });
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

describe('linking', () => {
  test('sends the link that the person saw as previous', async () => {
    const { model, writes } = await card({
      participant: () => linkedTo('cus_Old'),
      link: () => linkedTo('cus_New'),
    });
    await model.link({ id: 'cus_New', name: null });
    expect(writes()).toEqual([['link', { ...key, customer: 'cus_New', previous: 'cus_Old' }]]);
    expect(model.state.done?.text).toBe('Linked to cus_New.');
  });

  test('everything is asked in the mode that the card shows', async () => {
    const { model, modes } = await card({ link: () => linkedTo('cus_A') });
    await model.link({ id: 'cus_A', name: 'Ann' });
    expect(modes[0]).toBeUndefined();
    expect(new Set(modes.slice(1))).toEqual(new Set(['test']));
  });

  test('undo of a first link takes it away again', async () => {
    const { model, writes } = await card({ link: () => linkedTo('cus_A'), unlink: () => detail() });
    await model.link({ id: 'cus_A', name: 'Ann' });
    await model.undo();
    expect(writes().at(-1)).toEqual(['unlink', { ...key, previous: 'cus_A' }]);
  });

  test('undo of a change puts the former customer back, if it is still what was written', async () => {
    const { model, writes } = await card({
      participant: () => linkedTo('cus_Old'),
      link: ({ customer: id }) => linkedTo(id),
    });
    await model.link({ id: 'cus_New', name: null });
    await model.undo();
    expect(writes().at(-1)).toEqual(['link', { ...key, customer: 'cus_Old', previous: 'cus_New' }]);
  });

  test('undo of an unlink links again where there is no link', async () => {
    const { model, writes } = await card({
      participant: () => linkedTo('cus_A'),
      unlink: () => detail(),
      link: () => linkedTo('cus_A'),
    });
    await model.unlink();
    await model.undo();
    expect(writes().at(-1)).toEqual(['link', { ...key, customer: 'cus_A', previous: null }]);
    expect(model.state.done?.undo).toBeNull();
  });

  test('undo is offered for ten seconds', async () => {
    const { model } = await card({ link: () => linkedTo('cus_A', { rewards: [] }) });
    await model.link({ id: 'cus_A', name: null });
    await vi.advanceTimersByTimeAsync(UNDO_MS - 1);
    expect(model.state.done?.undo).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(model.state.done?.undo).toBeNull();
  });

  test('undo is withdrawn once money went to the new customer', async () => {
    const { model } = await card({
      participants: () => ({ participants: [ann] }),
      participant: (() => {
        const answers = [
          detail(),
          linkedTo('cus_A', { credited: [{ amount: 2000, currency: 'USD' }], rewards: [] }),
        ];
        return () => answers.shift() ?? detail();
      })(),
      link: () => linkedTo('cus_A'),
    });
    await model.link({ id: 'cus_A', name: null });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(model.state.done).toEqual({ text: 'Linked to cus_A.', undo: null });
  });

  test('a broken link is not offered back', async () => {
    const { model } = await card({
      participant: () => detail({ link: 'cus_Gone', linkProblem: 'customer_deleted' }),
      link: () => linkedTo('cus_A'),
    });
    await model.link({ id: 'cus_A', name: null });
    expect(model.state.done?.undo).toBeNull();
  });

  test('whoever comes second sees what stands now, and nothing is sent again', async () => {
    const answers = [detail(), linkedTo('cus_Theirs')];
    const { model, writes } = await card({
      participant: () => answers.shift() ?? detail(),
      link: () => problem('link_changed', { current: 'cus_Theirs' }),
    });
    await model.link({ id: 'cus_Mine', name: null });
    expect(model.state.problem).toMatchObject({ code: 'link_changed', current: 'cus_Theirs' });
    expect(model.state.screen).toMatchObject({ detail: { link: 'cus_Theirs' } });
    expect(writes()).toHaveLength(1);
  });

  test('a second click while the first is under way sends nothing', async () => {
    const { model, writes } = await card({ link: () => linkedTo('cus_A') });
    await Promise.all([model.link({ id: 'cus_A', name: null }), model.link({ id: 'cus_B', name: null })]);
    expect(writes()).toHaveLength(1);
  });

  test('nothing is written when the page meanwhile shows somebody else', async () => {
    const { model, writes } = await card({ link: () => linkedTo('cus_A') }, { stillHere: () => false });
    await model.link({ id: 'cus_A', name: null });
    expect(model.state.problem?.title).toBe('The page shows somebody else now. Nothing was changed.');
    await model.create();
    expect(writes()).toEqual([]);
  });

  test('a customer that was created before the page moved on is named, and not linked', async () => {
    let here = true;
    const created = () => {
      here = false;
      return customer('cus_New');
    };
    const { model, writes } = await card({ createCustomer: created }, { stillHere: () => here });
    await model.create();
    expect(model.state.problem?.title).toContain('The customer cus_New was created and is not linked.');
    expect(writes().map(([name]) => name)).toEqual(['createCustomer']);
  });
});

describe('creating', () => {
  test('links the new customer to the participant it was made for', async () => {
    const { model, writes } = await card({
      createCustomer: () => customer('cus_New'),
      link: () => linkedTo('cus_New'),
    });
    await model.create();
    expect(writes()).toEqual([
      ['createCustomer', key],
      ['link', { ...key, customer: 'cus_New', previous: null }],
    ]);
  });

  test('an e-mail that is taken is said, and nothing is linked', async () => {
    const { model, writes } = await card({ createCustomer: () => problem('customer_exists') });
    await model.create();
    expect(model.state.problem?.code).toBe('customer_exists');
    expect(writes()).toHaveLength(1);
  });
});

describe('after linking', () => {
  test('waiting rewards are watched until none is left', async () => {
    const states = [detail(), linkedTo('cus_A'), linkedTo('cus_A', { rewards: [] })];
    const { model, asked } = await card({
      participant: () => states.shift() ?? detail(),
      link: () => linkedTo('cus_A'),
    });
    await model.link({ id: 'cus_A', name: null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.filter(([name]) => name === 'participant')).toHaveLength(3);
    expect(model.state.screen).toMatchObject({ detail: { rewards: [] } });
  });

  test('watching ends by itself when a reward stays where it is', async () => {
    const { asked } = await card({
      participant: () => linkedTo('cus_A', { rewards: [reward('r1', { reason: 'pending' })] }),
    });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked.filter(([name]) => name === 'participant')).toHaveLength(21);
  });

  test('nothing more is asked once the extension is gone', async () => {
    const { asked, gone } = await card({ participant: () => linkedTo('cus_A') });
    gone.abort();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
