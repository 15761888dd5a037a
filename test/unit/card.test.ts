// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { Lifetime } from '../../src/content/lifetime.ts';
import { mountCard } from '../../src/content/mount-card.tsx';
import { PageWatcher } from '../../src/content/watch-page.ts';
import { anew, box, button, click, gone, host, mount, root, setPage, text, type } from './card-scene.ts';
import { candidate, customer, detail, linkedTo, problem, reward, worker } from './card-world.ts';

setPage();

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

  test('evidence and warnings stand in words: the newest subscription, whose customer it is already', async () => {
    const offered = candidate('cus_A', {
      newest: { kind: 'subscription', at: Date.UTC(2026, 2, 9, 12) },
      warnings: ['already_linked', 'currency_differs'],
      linkedTo: [
        { accountId: 'bob', userId: 'bob' },
        { accountId: 'firm', userId: 'eve' },
      ],
    });
    await mount({ customers: () => ({ candidates: [offered] }) });
    await click('Find customer');
    expect(text()).toContain('Same e-mail');
    expect(text()).toMatch(/Newest subscription: Mar 9, 2026/);
    expect(text()).toContain('Already linked to bob and eve (account firm).');
    expect(text()).toContain('Billed in another currency');
  });

  test('a customer billed in the currency of the rewards says so, one of another does not', async () => {
    const candidates = [candidate('cus_A'), candidate('cus_B', { name: 'Euro', currency: 'EUR' })];
    await mount({ customers: () => ({ candidates }) });
    await click('Find customer');
    const rows = [...root().querySelectorAll('.candidate')].map((row) => row.textContent ?? '');
    expect(rows.map((row) => row.includes('Same currency as the rewards'))).toEqual([true, false]);
  });

  test('while one is being linked, only its own button says so', async () => {
    const candidates = [candidate('cus_A'), candidate('cus_B', { name: 'Studio' })];
    const { held } = await mount(
      { customers: () => ({ candidates }), link: () => linkedTo('cus_A') },
      {},
      'link',
    );
    await click('Find customer');
    await click('Link Studio');
    const words = [...root().querySelectorAll('.candidate button')].map(({ textContent }) => textContent);
    expect(words).toEqual(['Link', 'Linking…']);
    held();
  });

  test('a linked customer whom Stripe does not show just now: asking again is offered before another link', async () => {
    const answers = [
      detail({
        link: 'cus_A',
        linkProblem: 'rate_limited',
        facts: { customer: 'cus_A', detail: 'Too many' },
      }),
      linkedTo('cus_A'),
    ];
    await mount({ participant: () => answers.shift() ?? detail() });
    expect(text()).toContain(
      'Linked to cus_A, which cannot be shown now.Stripe did not answer as it should. Try again',
    );
    expect(root().querySelector('.button-primary')?.textContent).toBe('Try again');
    await click('Try again');
    expect(text()).toMatch(/Linked(?! to)/);
    expect(text()).toContain('$15.00 USD');
  });

  test('linked, with nothing that waits and nothing paid: both are said', async () => {
    await mount({ participant: () => linkedTo('cus_A', { rewards: [] }) });
    expect(text()).toContain('LinkedNo rewards are waiting.');
    expect(text()).toContain('Nothing was credited so far.');
  });

  test('an ID of the other mode is a sentence, and asking again is not offered', async () => {
    await mount({
      customers: () =>
        problem('customer_other_mode', {
          title: 'This customer belongs to the other mode.',
          detail: 'a similar object exists in live mode, but a test mode key was used',
        }),
    });
    await click('Find customer');
    expect(text()).toContain('This customer belongs to the other mode.Look for the customer of this mode');
    expect(text()).not.toContain('similar object');
    expect(() => button('Try again')).toThrow();
  });

  test('a participant without an e-mail: says what the customer will lack, before it is created', async () => {
    await mount({ participant: () => detail({ email: null, name: null }) });
    await click('Find customer');
    expect(text()).toContain('Advocate knows no e-mail and no name of this participant');
    expect(button('Create customer')).toBeDefined();
  });

  test('none is created beside a customer that has the very e-mail', async () => {
    await mount({ customers: () => ({ candidates: [candidate('cus_A')] }) });
    await click('Find customer');
    expect(() => button('Create customer')).toThrow();
  });

  test('resembling customers leave the way to create one open', async () => {
    const resembling = candidate('cus_A', { email: 'ann@other.example', evidence: ['name'] });
    await mount({ customers: () => ({ candidates: [resembling] }) });
    await click('Find customer');
    expect(text()).toContain('None of these? Create a customer for Ann Archer');
    expect(button('Create customer')).toBeDefined();
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
      '2 rewards are waiting ($40.00 USD)Advocate has not released this reward yet (W-9).',
    );
    expect(text()).toContain('1 reward is held ($20.00 USD)');
    expect(text()).toContain('An admin does this in the extension.');
    expect(text()).toContain('$40.00 USD so far');
  });

  test('what goes next, by whose browser, and what the credit comes to', async () => {
    const ready = ['r1', 'r2', 'r3'].map((id) => reward(id, { state: 'ready', reason: null }));
    const lease = { holder: { id: 'b1', name: 'Ana’s Chrome' }, until: 1, mine: false };
    await mount({
      desk: () => ({ mode: 'test', role: 'support', lease, tenants: { test: 't', live: 'l' } }),
      participant: () => linkedTo('cus_A', { rewards: ready }),
    });
    expect(text()).toContain(
      '3 rewards are credited next ($60.00 USD)By the browser that sends: Ana’s Chrome.',
    );
    expect(text()).toContain('The credit goes from $15.00 USD to $75.00 USD.');
  });

  test('a customer of another currency, or of none yet: what is to come of it is said before it is tried', async () => {
    const rewards = [reward('r1', { state: 'ready', reason: null })];
    const euro = customer('cus_A', { currency: 'EUR', credit: { amount: 0, currency: 'EUR' } });
    await mount({ participant: () => linkedTo('cus_A', { rewards, customer: euro }) });
    expect(text()).toContain(
      '1 reward is held ($20.00 USD)The customer cus_A is billed in EUR; the reward is in USD.',
    );
    anew();
    const unbilled = customer('cus_A', { currency: null, credit: null });
    await mount({ participant: () => linkedTo('cus_A', { rewards, customer: unbilled }) });
    expect(text()).toContain('1 reward is credited next ($20.00 USD)The customer cus_A has no currency yet.');
    expect(text()).toContain('An admin confirms it first, unless the settings allow it.');
  });

  test('a customer ID in a misspelt field is offered for repair by one button', async () => {
    const misspelt = detail({
      linkProblem: 'field_name_differs',
      facts: { detail: 'stripeCustomerID', customer: 'cus_A' },
      rewards: [reward('r1', { reason: 'field_name_differs', facts: { detail: 'stripeCustomerID' } })],
    });
    const { asked } = await mount({
      participant: () => misspelt,
      customers: () => ({ candidates: [candidate('cus_A')] }),
      link: () => linkedTo('cus_A'),
    });
    expect(text().match(/A customer ID was found in the field stripeCustomerID/g)).toHaveLength(1);
    await click('Use cus_A');
    expect(asked.at(-1)).toEqual([
      'link',
      { accountId: 'house', userId: 'ann', customer: 'cus_A', previous: null },
    ]);
  });

  test('another customer within the account: the refusal offers it by one button', async () => {
    let refused = false;
    const { asked } = await mount({
      customers: ({ q }) => ({ candidates: [candidate(q === 'cus_Theirs' ? 'cus_Theirs' : 'cus_A')] }),
      link: ({ customer: id }) => {
        if (refused) return linkedTo(id);
        refused = true;
        return problem('account_customers_differ', { current: 'cus_Theirs' });
      },
    });
    await click('Find customer');
    await click('Link Ann Archer');
    await click('Use cus_Theirs');
    expect(asked.at(-1)).toMatchObject(['link', { customer: 'cus_Theirs' }]);
  });

  test('an e-mail that is taken says so, and shows whose it is', async () => {
    const answers = [[], [candidate('cus_A')]];
    await mount({
      customers: () => ({ candidates: answers.shift() ?? [] }),
      createCustomer: () => problem('customer_exists', { current: 'cus_A' }),
    });
    await click('Find customer');
    await click('Create customer');
    await click('Show them');
    expect(button('Link Ann Archer')).toBeDefined();
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
    await type('ann at her new firm');
    await click('Link Ann Archer');
    expect(text()).toContain('It is now Ann Archer, cus_Theirs. Nothing was overwritten.');
    expect(root().querySelector('input')?.value).toBe('ann at her new firm');
  });

  test('somebody else is still at it: no present value is made up', async () => {
    const detailed = 'Somebody else is changing a link of this account.';
    await mount({
      customers: () => ({ candidates: [candidate('cus_Mine')] }),
      link: () => problem('link_changed', { detail: detailed }),
    });
    await click('Find customer');
    await click('Link Ann Archer');
    expect(text()).toContain(detailed);
    expect(text()).not.toContain('It is');
  });

  test('an unsure page gets a quiet button that asks, and shows nothing of anybody’s link before', async () => {
    const { asked } = await mount({ participant: () => linkedTo('cus_A') }, { sure: false });
    expect(root().querySelectorAll('button')).toHaveLength(1);
    await click('Is this Ann Archer?');
    expect(text()).toContain('Is this the participant?');
    expect(asked.map(([name]) => name)).toEqual(['desk', 'participants']);
    await click('Yes: Ann Archer · ann@example.com · ID ann in account house');
    expect(text()).toContain('cus_A');
  });

  test('an unsure page is left alone once it is nobody who was asked about', async () => {
    await mount({}, { sure: false });
    await click('Is this Ann Archer?');
    await click('No');
    expect(host()?.style.display).toBe('none');
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

  test.each(['keydown', 'paste', 'click', 'pointerdown', 'mousedown', 'touchstart', 'focusin'])(
    'a %s in the card does not reach the page’s shortcuts, drawers and dialogs',
    async (kind) => {
      await mount({});
      await click('Find customer');
      const heard = vi.fn();
      document.addEventListener(kind, heard);
      const event = () => new Event(kind, { bubbles: true, composed: true });
      box().dispatchEvent(event());
      expect(heard).not.toHaveBeenCalled();
      document.body.dispatchEvent(event());
      expect(heard).toHaveBeenCalledOnce();
      document.removeEventListener(kind, heard);
    },
  );

  test('on a page of another language, written from right to left, the card says that it is English', async () => {
    document.documentElement.lang = 'ar';
    document.documentElement.dir = 'rtl';
    await mount({});
    const inside = root().querySelector('section')?.closest<HTMLElement>('[lang]');
    expect([inside?.lang, inside?.dir]).toEqual(['en', 'ltr']);
    document.documentElement.removeAttribute('lang');
    document.documentElement.removeAttribute('dir');
  });

  test('Escape closes the finder, but not while a word is being composed', async () => {
    await mount({});
    await click('Find customer');
    const press = (isComposing: boolean) => {
      const event = new KeyboardEvent('keydown', {
        key: 'Escape',
        bubbles: true,
        cancelable: true,
        isComposing,
      });
      box().dispatchEvent(event);
      return event.defaultPrevented;
    };
    box().focus();
    expect(press(true)).toBe(false);
    expect(press(false)).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(root().activeElement).toBe(button('Find customer'));
  });

  test('an unsure page without an answer gets no element at all', async () => {
    await mount({ participants: () => ({ participants: [] }) }, { sure: false });
    expect(host()).toBeNull();
  });

  test('after linking, the way back is the next stop of the keyboard', async () => {
    await mount({
      customers: () => ({ candidates: [candidate('cus_A')] }),
      link: () => linkedTo('cus_A'),
    });
    await click('Find customer');
    button('Link Ann Archer').focus();
    await click('Link Ann Archer');
    expect(root().activeElement?.querySelector('button')).toBe(button('Undo'));
    expect(root().querySelector('[role=status]')?.textContent).toContain('Undo is possible for 10 seconds.');
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
    const life = new Lifetime(() => isThere() && !gone.signal.aborted);
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
    gone.signal.addEventListener('abort', () => life.check());
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
    await vi.advanceTimersByTimeAsync(0);
    expect(host()).not.toBeNull();
    there = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(host()).toBeNull();
    expect(life.signal.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
