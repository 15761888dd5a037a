import { expect, test } from 'vitest';
import { participant, seed, start } from './advocate-setup.ts';

const { alias } = seed.advocate.tenants.test;
const nora = participant('Nora Whitfield');
const segment = encodeURIComponent(nora.id);

test('both shells are served, and each says that it is a sandbox and a guess', async () => {
  const simulator = await start();
  const paths = [
    '/secure/advertiser/advocate/participants.ihtml',
    `/secure/advertiser/advocate/participant.ihtml?accountId=${segment}&id=${segment}`,
    `/tenant/${alias}/participants`,
    `/tenant/${alias}/account/${segment}/user/${segment}`,
  ];
  for (const path of paths) {
    const page = await (await fetch(simulator.url + path)).text();
    expect(page).toMatch(/sandbox/i);
    expect(page).toMatch(/our own guess/i);
    for (const [, asset] of page.matchAll(/(?:src|href)="(\/_sandbox[^"]+)"/g))
      expect((await fetch(simulator.url + asset)).status).toBe(200);
  }
});

test('a link made by hand on a profile is the participant’s custom field, and other fields keep their types', async () => {
  const simulator = await start();
  simulator.setCustomField('test', nora, 'seats', 4);
  const path = `${simulator.url}/_sandbox/pages/data/${alias}/account/${segment}/user/${segment}`;
  const form = {
    firstName: 'Nora',
    lastName: 'Whitfield',
    email: nora.email,
    stripeCustomerId: ' cus_byHand ',
    seats: '5',
    planTier: '',
  };
  expect((await fetch(path, { method: 'POST', body: JSON.stringify(form) })).status).toBe(200);
  const fields = () => simulator.state.test.participants.find((p) => p.id === nora.id)?.customFields;
  expect(fields()).toEqual({ stripeCustomerId: 'cus_byHand', seats: 5 });
  expect((await fetch(path, { method: 'POST', body: JSON.stringify({ ...form, email: 'no' }) })).status).toBe(
    400,
  );
  expect(fields()).toEqual({ stripeCustomerId: 'cus_byHand', seats: 5 });
});
