import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CardModel } from '../../src/content/card-model.ts';
import type { MessageName } from '../../src/contract/messages.ts';
import { type LinkModel, UNDO_MS } from '../../src/ui/link/link-model.ts';
import { ann, candidate, customer, detail, linkedTo, problem, reward, worker } from './card-world.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const key = { accountId: 'house', userId: 'ann' };

/** The link of the participant that a card has settled on. */
function linkOf(model: CardModel): LinkModel {
  const { screen } = model.state;
  if (screen.is !== 'participant') throw new Error(`The card shows ${screen.is}.`);
  return screen.link;
}

type Options = {
  stillHere?: () => boolean;
  /** The first answers to these wait until they are let go. */
  holding?: (name: MessageName, request: unknown) => boolean;
};

async function card(
  handlers: Parameters<typeof worker>[0],
  { stillHere = () => true, holding = () => false }: Options = {},
) {
  const { ask, asked, modes } = worker(handlers);
  const gone = new AbortController();
  const letGo: (() => void)[] = [];
  const model = new CardModel({
    ask: async (name, request, mode) => {
      const reply = await ask(name, request, mode);
      if (holding(name, request)) await new Promise<void>((resolve) => letGo.push(resolve));
      return reply;
    },
    hints: { email: 'ann@example.com' },
    sure: true,
    address: 'https://app.impact.com/participants/1',
    signal: gone.signal,
    stillHere,
    onChange: () => undefined,
  });
  await model.start();
  const writes = () => asked.filter(([name]) => ['link', 'unlink', 'createCustomer'].includes(name));
  const answer = async () => {
    await vi.advanceTimersByTimeAsync(0);
    letGo.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { model: linkOf(model), asked, modes, writes, gone, answer };
}

describe('finding', () => {
  test('starts with the participant’s e-mail and chooses nothing, even for a single match', async () => {
    const { model, asked, writes } = await card({ customers: () => ({ candidates: [candidate('cus_A')] }) });
    model.openFinder();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked.at(-1)).toEqual(['customers', { q: 'ann@example.com', participant: key }]);
    expect(model.state.finder?.candidates).toHaveLength(1);
    expect(writes()).toEqual([]);
  });

  test('an answer to an earlier search does not replace a later one', async () => {
    const { model, answer } = await card(
      { customers: ({ q }) => ({ candidates: [candidate(`cus_${q}`)] }) },
      { holding: (name, request) => name === 'customers' && JSON.stringify(request).includes('one') },
    );
    model.openFinder();
    const first = model.search('one');
    await model.search('two');
    await answer();
    await first;
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
    // Of somebody without a name nothing is searched by itself.
    const nobody = { name: null, email: null };
    const { model, answer } = await card(
      { participant: () => detail(nobody), customers: () => ({ candidates: [candidate('cus_Old')] }) },
      { holding: (name) => name === 'customers' },
    );
    model.openFinder();
    const before = model.search('one');
    model.closeFinder();
    model.openFinder();
    await answer();
    await before;
    expect(model.state.finder).toMatchObject({ searched: null, candidates: [] });
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
    expect(model.state.detail.link).toBe('cus_Theirs');
    expect(writes()).toHaveLength(1);
  });

  test('whoever comes second keeps what was typed, and links over it only when they press again', async () => {
    const answers = [detail(), linkedTo('cus_Theirs')];
    const links = [problem('link_changed', { current: 'cus_Theirs' }), linkedTo('cus_Mine')];
    const { model, writes } = await card({
      participant: () => answers.shift() ?? detail(),
      customers: () => ({ candidates: [candidate('cus_Mine')] }),
      link: () => links.shift() ?? detail(),
    });
    model.openFinder();
    await vi.advanceTimersByTimeAsync(0);
    model.type('ann at her new firm');
    await model.link({ id: 'cus_Mine', name: null });
    expect(model.state.finder).toMatchObject({ q: 'ann at her new firm', candidates: [{ id: 'cus_Mine' }] });
    await model.link({ id: 'cus_Mine', name: null });
    expect(writes().at(-1)).toEqual(['link', { ...key, customer: 'cus_Mine', previous: 'cus_Theirs' }]);
  });

  test('an answer that was lost is made up for by reading: what was linked is told, and can be undone', async () => {
    const answers = [detail(), linkedTo('cus_A', { rewards: [] })];
    const { model } = await card({
      participant: () => answers.shift() ?? detail(),
      link: () => problem('proxy_unreachable', { status: 503 }),
    });
    await model.link({ id: 'cus_A', name: 'Ann' });
    expect(model.state).toMatchObject({
      problem: null,
      detail: { link: 'cus_A' },
      done: { text: 'Linked to Ann.', undo: { from: 'cus_A', to: null } },
    });
  });

  test('a failure that changed nothing stays told', async () => {
    const { model } = await card({ link: () => problem('proxy_unreachable', { status: 503 }) });
    await model.link({ id: 'cus_A', name: 'Ann' });
    expect(model.state).toMatchObject({ problem: { code: 'proxy_unreachable' }, done: null });
  });

  test('what was done here is no longer told once somebody else has changed it', async () => {
    const answers = [detail(), linkedTo('cus_Theirs')];
    const { model } = await card({
      participant: () => answers.shift() ?? linkedTo('cus_Theirs'),
      link: () => linkedTo('cus_A'),
    });
    await model.link({ id: 'cus_A', name: null });
    expect(model.state.done).not.toBeNull();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(model.state).toMatchObject({ done: null, detail: { link: 'cus_Theirs' } });
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

  test('a second click while the first is under way creates nothing', async () => {
    const { model, writes } = await card({
      createCustomer: () => customer('cus_New'),
      link: () => linkedTo('cus_New'),
    });
    await Promise.all([model.create(), model.create()]);
    expect(writes().map(([name]) => name)).toEqual(['createCustomer', 'link']);
  });

  test('a customer that was created and could not be linked is named', async () => {
    const { model } = await card({
      createCustomer: () => customer('cus_New'),
      link: () => problem('account_customers_differ', { current: 'cus_Theirs' }),
    });
    await model.create();
    expect(model.state.problem?.title).toContain('The customer cus_New was created and is not linked.');
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
    expect(model.state.detail.rewards).toEqual([]);
  });

  test('what was read before a change does not replace what stands since', async () => {
    const late = [false, true];
    const { model, answer } = await card(
      { participant: () => linkedTo('cus_Old'), link: () => linkedTo('cus_New', { rewards: [] }) },
      { holding: (name) => name === 'participant' && late.shift() === true },
    );
    await vi.advanceTimersByTimeAsync(3_000);
    await model.link({ id: 'cus_New', name: null });
    await answer();
    expect(model.state).toMatchObject({ detail: { link: 'cus_New' }, done: { text: 'Linked to cus_New.' } });
  });

  test('what was read after a refusal does not replace what was linked since', async () => {
    const late = [false, true];
    const links = [problem('link_changed', { current: 'cus_Theirs' }), linkedTo('cus_New', { rewards: [] })];
    const answers = [detail(), linkedTo('cus_Theirs')];
    const { model, answer } = await card(
      { participant: () => answers.shift() ?? detail(), link: () => links.shift() ?? detail() },
      { holding: (name) => name === 'participant' && late.shift() === true },
    );
    const first = model.link({ id: 'cus_New', name: null });
    await vi.advanceTimersByTimeAsync(0);
    await model.link({ id: 'cus_New', name: null });
    await answer();
    await first;
    expect(model.state.detail.link).toBe('cus_New');
  });

  test('a refusal does not end it', async () => {
    const { model, asked } = await card({
      participant: () => linkedTo('cus_A'),
      unlink: () => problem('forbidden'),
    });
    await model.unlink();
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(asked.length).toBeGreaterThan(before);
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

  test('an answer that comes once the extension is gone leaves nothing running', async () => {
    const { model, asked, gone } = await card({ link: () => linkedTo('cus_A') });
    const linking = model.link({ id: 'cus_A', name: null });
    gone.abort();
    await linking;
    expect(asked.at(-1)?.[0]).toBe('link');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a customer that is known already', () => {
  const misspelt = () =>
    detail({
      linkProblem: 'field_name_differs',
      facts: { detail: 'stripeCustomerID', customer: 'cus_A' },
    });

  test('in a misspelt field: one press looks it up and links it properly', async () => {
    const { model, asked } = await card({
      participant: misspelt,
      customers: () => ({ candidates: [candidate('cus_A', { warnings: ['currency_unset'] })] }),
      link: () => linkedTo('cus_A'),
    });
    await model.use('cus_A');
    expect(asked.slice(-2)).toEqual([
      ['customers', { q: 'cus_A', participant: key }],
      ['link', { ...key, customer: 'cus_A', previous: null }],
    ]);
    expect(model.state.finder).toBeNull();
  });

  test('against which something speaks is shown, and not linked by itself', async () => {
    const warned = candidate('cus_A', { warnings: ['already_linked'] });
    const { model, writes } = await card({
      participant: misspelt,
      customers: () => ({ candidates: [warned] }),
    });
    await model.use('cus_A');
    expect(writes()).toEqual([]);
    expect(model.state.finder?.candidates).toEqual([warned]);
  });

  test('that Stripe does not have is told, and nothing is linked', async () => {
    const { model, writes } = await card({
      participant: misspelt,
      customers: () => problem('customer_other_mode'),
    });
    await model.use('cus_A');
    expect(writes()).toEqual([]);
    expect(model.state.finder?.problem?.code).toBe('customer_other_mode');
  });

  test('is not linked when the person has searched for something else meanwhile, even where it comes up again', async () => {
    const { model, writes, answer } = await card(
      { customers: () => ({ candidates: [candidate('cus_A')] }), link: () => linkedTo('cus_A') },
      { holding: (name, request) => name === 'customers' && JSON.stringify(request).includes('cus_A') },
    );
    const using = model.use('cus_A');
    await model.search('ann@example.com');
    await answer();
    await using;
    expect(writes()).toEqual([]);
  });
});
