import { expect, test } from 'vitest';
import { account, look } from '../../sandbox/invariants.ts';
import { FIREFOX, NONE, setFirefoxStage } from './firefox/stage.ts';
import { holdCredits } from './held-stripe.ts';
import { UNITS } from './stage.ts';

const LIST = 'https://app.impact.com/secure/advertiser/advocate/participants.ihtml';
/** Both at once: Firefox lists them as one wish in the manifest. */
const HOSTS = ['http://127.0.0.1/*', 'http://localhost/*'];
const LONGEST_MS = 300_000;

/** In the popup: the rows under way, made as old as if their lease had run out. */
const AGE = `
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const db = await settled(indexedDB.open('credits-test'));
  const store = db.transaction('rewards', 'readwrite').objectStore('rewards');
  const leased = (await settled(store.getAll())).filter((row) => row.leasedBy !== null);
  for (const row of leased) await settled(store.put({ ...row, dueAt: 1, leasedUntil: 1 }));
  db.close();
  return leased.map(({ state }) => state);`;

test(
  'in Firefox: by clicks alone a reward becomes credit, once, though the event page is stopped in the middle',
  async ({ skip }) => {
    if (FIREFOX === null) {
      console.log(`SKIPPED: ${NONE}`);
      return skip(NONE);
    }
    const credits = holdCredits();
    const { sandbox, firefox, until, setUp } = await setFirefoxStage(FIREFOX, credits.before);
    const before = look(sandbox, 'test');
    const now = () => account(before, look(sandbox, 'test'), UNITS);

    await setUp(UNITS);
    await credits.made;
    expect(await firefox.background()).toBe('running');
    await firefox.stopBackground();

    // Claimed here, credited there, and nobody left who heard of it.
    const left = await firefox.run<string[]>(AGE);
    expect(left.length).toBeGreaterThan(0);
    expect(new Set(left)).toEqual(new Set(['crediting']));
    expect(now().redeemed).toEqual([]);

    credits.letGo();
    await firefox.toPopup({ anew: true });
    await firefox.press('Run now');
    expect(await firefox.background(), 'the message has started it again').toBe('running');
    await until('what was due is redeemed', () => now().findings.length === 0);
    const first = now();
    expect(first.eligible.length).toBeGreaterThan(50);
    expect(first.redeemed.map(({ id }) => id).sort()).toEqual(first.eligible.map(({ id }) => id).sort());

    // The person takes the proxy's permission back in Firefox, and gives it again with the popup's button.
    await firefox.origins('remove', HOSTS);
    await firefox.seeText('The browser does not let the extension talk to this proxy.');
    const { problem, queue } = await firefox.state();
    expect(problem?.code).toBe('host_permission_missing');
    expect(queue.counts).toMatchObject({ redeemed: first.redeemed.length });
    await firefox.find('//header//*[@role="status"][contains(., "Paused")]');
    await firefox.press('Allow access');
    await until('it goes on', async () => (await firefox.state()).problem === null);

    const nora = sandbox.seed.advocate.participants.find((p) => p.mode === 'test' && p.firstName === 'Nora');
    const hers = (nora?.rewards ?? []).map(({ id }) => id).sort();
    expect(hers).toHaveLength(3);
    await firefox.newTab(`${LIST}?tenant=${sandbox.seed.advocate.tenants.test.alias}`);
    await firefox.follow('Nora Whitfield');
    await firefox.pressInCard('Find customer');
    await firefox.pressInCard('Link Nora Whitfield');
    await firefox.seeInCard('Unlink');
    await until('the linked participant’s rewards are redeemed', () => now().findings.length === 0);

    const second = now();
    const fresh = second.redeemed.filter(({ id }) => !first.redeemed.some((one) => one.id === id));
    expect(fresh.map(({ id }) => id).sort()).toEqual(hers);
    expect(second.changes.find(({ name }) => name === 'Nora Whitfield')).toMatchObject({
      currency: 'USD',
      before: 0,
      after: 5500,
    });
    await firefox.toPopup();
    await until(
      'the popup knows',
      async () => (await firefox.state()).queue.counts.redeemed === second.redeemed.length,
    );
  },
  LONGEST_MS,
);
