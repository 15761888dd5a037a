import { expect, test } from 'vitest';
import { account, look } from '../../sandbox/invariants.ts';
import { seeText } from './card-hands.ts';
import { setStage, setUp, UNITS } from './stage.ts';

test('pair, Connect, units, turn on, link: by clicks alone a reward becomes credit, once, and is redeemed', async () => {
  const stage = await setStage();
  const { sandbox, hands, until } = stage;
  const before = { test: look(sandbox, 'test'), live: look(sandbox, 'live') };
  const now = () => account(before.test, look(sandbox, 'test'), UNITS);

  await setUp(stage);
  await until('what was due is redeemed', () => now().findings.length === 0);
  const first = now();
  expect(first.eligible.length).toBeGreaterThan(50);
  expect(first.redeemed.map(({ id }) => id).sort()).toEqual(first.eligible.map(({ id }) => id).sort());

  const nora = sandbox.seed.advocate.participants.find((p) => p.mode === 'test' && p.firstName === 'Nora');
  const hers = (nora?.rewards ?? []).map(({ id }) => id).sort();
  expect(hers).toHaveLength(3);
  expect(first.found.map(({ id }) => id)).toEqual(expect.arrayContaining(hers));
  expect(first.credited.filter(({ id }) => hers.includes(id))).toEqual([]);

  const page = await hands.openParticipant(
    sandbox.seed.advocate.tenants.test.alias,
    'nora',
    'Nora Whitfield',
  );
  await hands.press(page, 'Find customer');
  await hands.press(page, 'Link Nora Whitfield');
  await hands.see(page, 'Unlink');
  await until('the linked participant’s rewards are redeemed', () => now().findings.length === 0);

  const second = now();
  const fresh = second.redeemed.filter(({ id }) => !first.redeemed.some((one) => one.id === id));
  expect(fresh.map(({ id }) => id).sort()).toEqual(hers);
  expect(second.changes.find(({ name }) => name === 'Nora Whitfield')).toMatchObject({
    currency: 'USD',
    before: 0,
    after: 5500,
  });
  await seeText(page, 'No rewards are waiting.');
  await seeText(page, 'Credited $55.00 USD so far for this participant');

  await until(
    'the popup knows',
    async () => (await hands.state()).queue.counts.redeemed === second.redeemed.length,
  );
  const { counts } = (await hands.state()).queue;
  const shown =
    counts.redeemed + counts.held + counts.waiting + counts.ready + counts.crediting + counts.credited;
  expect(shown, 'no reward that was found disappears').toBe(second.found.length);

  const live = account(before.live, look(sandbox, 'live'), UNITS);
  expect(live.credited, 'live mode was never turned on').toEqual([]);
  expect(live.changes).toEqual([]);
});
