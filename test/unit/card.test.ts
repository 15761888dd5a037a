// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lifetime } from '../../src/content/lifetime.ts';
import { type MountOptions, mountCard } from '../../src/content/mount-card.tsx';
import { PageWatcher } from '../../src/content/watch-page.ts';
import { candidate, customer, detail, linkedTo, problem, reward, worker } from './card-world.ts';

let gone: AbortController;
beforeEach(() => {
  vi.useFakeTimers();
  gone = new AbortController();
  document.body.innerHTML =
    '<main><section><h2>Participant details</h2><p>E-mail: ann@example.com</p></section></main>';
});
afterEach(() => {
  gone.abort();
  vi.useRealTimers();
});

const host = () => document.querySelector<HTMLElement>('advocate-credits-card');

async function mount(handlers: Parameters<typeof worker>[0], part: Partial<MountOptions> = {}) {
  const { ask, asked } = worker(handlers);
  mountCard({
    ask,
    hints: { email: 'ann@example.com' },
    sure: true,
    address: location.href,
    details: document.querySelector('section'),
    signal: gone.signal,
    stillHere: () => true,
    shadow: 'open',
    ...part,
  });
  await vi.advanceTimersByTimeAsync(0);
  return { asked };
}

const root = () => {
  const shadow = host()?.shadowRoot;
  if (!shadow) throw new Error('There is no card.');
  return shadow;
};
const text = () => (root().querySelector('section')?.textContent ?? '').replace(/\s+/g, ' ');
const button = (name: string) => {
  const found = [...root().querySelectorAll('button')].find(
    (each) => (each.getAttribute('aria-label') ?? each.textContent) === name,
  );
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
};
const click = async (name: string) => {
  button(name).click();
  await vi.advanceTimersByTimeAsync(0);
};

describe('what a person reads', () => {
  test('an unlinked participant: mode in words, what waits, and one button', async () => {
    await mount({});
    expect(text()).toContain('Test mode');
    expect(text()).toContain('Not linked to a Stripe customer. 3 rewards are waiting ($60.00 USD).');
    expect(button('Find customer')).toBeDefined();
  });

  test('amounts of different currencies are not added up', async () => {
    const rewards = [reward('r1'), reward('r2', { money: { amount: 500, currency: 'JPY' } })];
    await mount({ participant: () => detail({ rewards }) });
    expect(text()).toMatch(/2 rewards are waiting \(¥500 JPY and \$20\.00 USD\)/);
  });

  test('several with the e-mail: says so, each has a button of its own, none is marked', async () => {
    const candidates = [
      candidate('cus_A'),
      candidate('cus_B', { name: 'Studio', warnings: ['already_linked'] }),
    ];
    await mount({ customers: () => ({ candidates }) });
    await click('Find customer');
    expect(text()).toContain('2 Stripe customers use this e-mail. Choose one; nothing was linked.');
    expect(text()).toContain('Another participant is linked to this customer.');
    expect(button('Link Ann Archer')).toBeDefined();
    expect(button('Link Studio')).toBeDefined();
    expect(root().querySelectorAll('input:checked, [aria-checked=true], [aria-selected=true]')).toHaveLength(
      0,
    );
  });

  test('two candidates of one name have two different buttons', async () => {
    await mount({ customers: () => ({ candidates: [candidate('cus_A'), candidate('cus_B')] }) });
    await click('Find customer');
    expect(button('Link Ann Archer, cus_A')).not.toBe(button('Link Ann Archer, cus_B'));
  });

  test('a deleted customer is shown and cannot be linked', async () => {
    await mount({ customers: () => ({ candidates: [candidate('cus_A', { warnings: ['deleted'] })] }) });
    await click('Find customer');
    expect(text()).toContain('Deleted in Stripe');
    expect(() => button('Link Ann Archer')).toThrow();
  });

  test('nobody found: says so and offers to create', async () => {
    await mount({});
    await click('Find customer');
    expect(text()).toContain('No Stripe customer matches “ann@example.com”.');
    expect(button('Create customer')).toBeDefined();
  });

  test('linked: the customer, the way to Stripe, each kind of unpaid reward with its reason, and what was credited', async () => {
    const rewards = [
      reward('r1', { reason: 'pending', facts: { detail: 'W-9' } }),
      reward('r2', { reason: 'pending', facts: { detail: 'W-9' } }),
      reward('r3', {
        state: 'held',
        reason: 'currency_unset',
        facts: { customer: 'cus_A', currency: 'USD' },
      }),
    ];
    await mount({
      participant: () => linkedTo('cus_A', { rewards, credited: [{ amount: 4000, currency: 'USD' }] }),
    });
    expect(text()).toContain('cus_A');
    expect(text()).toContain('$15.00 USD');
    expect(root().querySelector('a')?.href).toBe(customer('cus_A').dashboardUrl);
    expect(text()).toContain(
      '2 rewards waiting ($40.00 USD)Advocate has not released this reward yet (W-9).',
    );
    expect(text()).toContain('1 reward held ($20.00 USD)');
    expect(text()).toContain('An admin does this in the extension.');
    expect(text()).toContain('$40.00 USD so far');
  });

  test('a broken link says what is wrong, and the next step is there', async () => {
    const broken = detail({
      link: 'cus_Gone',
      linkProblem: 'customer_deleted',
      facts: { customer: 'cus_Gone' },
    });
    await mount({ participant: () => broken });
    expect(text()).toContain('The customer cus_Gone was deleted in Stripe.');
    expect(button('Find customer')).toBeDefined();
  });

  test('somebody else was first: the other value is shown', async () => {
    const answers = [detail(), linkedTo('cus_Theirs')];
    await mount({
      participant: () => answers.shift() ?? detail(),
      customers: () => ({ candidates: [candidate('cus_Mine')] }),
      link: () => problem('link_changed', { current: 'cus_Theirs' }),
    });
    await click('Find customer');
    await click('Link Ann Archer');
    expect(text()).toContain('It is now cus_Theirs. Nothing was overwritten.');
  });

  test('an unsure page asks who it is and shows nothing of anybody’s link before', async () => {
    const { asked } = await mount(
      { participant: () => linkedTo('cus_A') },
      { sure: false, details: document.querySelector('section') },
    );
    expect(text()).toContain('Is this the participant?');
    expect(asked.map(([name]) => name)).toEqual(['desk', 'participants']);
    await click('Yes, Ann Archer, ann');
    expect(text()).toContain('cus_A');
  });
});

describe('where nobody can be shown, the next step is', () => {
  test('not found: the other tenant', async () => {
    await mount({ participants: () => ({ participants: [] }) });
    expect(text()).toContain(
      'Not found in Advocate’s test tenant. If this page is of the live tenant, switch the mode',
    );
  });

  test('the other mode’s tenant: the popup', async () => {
    await mount({}, { address: 'https://app.impact.com/acme/participants/1' });
    expect(text()).toContain(
      'This page is of Advocate’s live tenant; the extension shows test mode. Switch the mode in the popup.',
    );
    expect(root().querySelectorAll('button')).toHaveLength(0);
  });
});

describe('manners on somebody else’s page', () => {
  test('one closed shadow root right after the details, and nothing else on the page', async () => {
    const before = document.documentElement.outerHTML;
    await mount({}, { shadow: undefined });
    expect(host()?.shadowRoot).toBeNull();
    expect(document.querySelector('section')?.nextElementSibling).toBe(host());
    gone.abort();
    expect(document.documentElement.outerHTML).toBe(before);
  });

  test('what is typed in the card does not reach the page’s shortcuts', async () => {
    await mount({});
    await click('Find customer');
    const heard = vi.fn();
    document.addEventListener('keydown', heard);
    const press = () => new KeyboardEvent('keydown', { key: 'x', bubbles: true, composed: true });
    root().querySelector('input')?.dispatchEvent(press());
    expect(heard).not.toHaveBeenCalled();
    document.body.dispatchEvent(press());
    expect(heard).toHaveBeenCalledOnce();
    document.removeEventListener('keydown', heard);
  });

  test('an unsure page without an answer gets no element at all', async () => {
    await mount({ participants: () => ({ participants: [] }) }, { sure: false });
    expect(host()).toBeNull();
  });

  test('the finder opens with the cursor in its box', async () => {
    await mount({});
    button('Find customer').focus();
    await click('Find customer');
    expect(root().activeElement?.tagName).toBe('INPUT');
  });
});

describe('the card follows what the page shows', () => {
  function watch(isThere = () => true) {
    const life = new Lifetime(isThere);
    const shown: (string | undefined)[] = [];
    const watcher = new PageWatcher(life, ({ hints, sure, place }, signal) => {
      shown.push(hints.email);
      const { ask } = worker({ participants: () => ({ participants: [] }) });
      return mountCard({
        ask,
        hints,
        sure,
        address: location.href,
        details: place,
        signal,
        stillHere: () => true,
      });
    });
    gone.signal.addEventListener('abort', () => watcher.leave());
    watcher.arrive();
    return { shown, life };
  }

  test('nothing on a page that is about nobody, until content arrives that is', async () => {
    document.body.innerHTML = '<main><h1>Loading</h1></main>';
    const { shown } = watch();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(host()).toBeNull();
    document.body.innerHTML =
      '<main><section><h2>Participant details</h2><p>E-mail: ann@example.com</p></section></main>';
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown).toEqual(['ann@example.com']);
  });

  test('another participant at the same address gets a card of their own', async () => {
    const { shown } = watch();
    const line = document.querySelector('section p');
    if (line) line.textContent = 'E-mail: bob@example.com';
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown).toEqual(['ann@example.com', 'bob@example.com']);
    expect(document.querySelectorAll('advocate-credits-card')).toHaveLength(1);
  });

  test('a page that throws the card away with its own content gets it back', async () => {
    const { shown } = watch();
    host()?.remove();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(host()).not.toBeNull();
    expect(shown).toHaveLength(1);
  });

  test('gone without trace once the extension is', async () => {
    let there = true;
    const { life } = watch(() => there);
    expect(host()).not.toBeNull();
    there = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(host()).toBeNull();
    expect(life.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
