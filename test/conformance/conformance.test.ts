import { beforeAll, describe, expect, test } from 'vitest';
import { checkEverything, driveEverything } from './conformance.ts';
import { DEVIATIONS } from './deviations.ts';
import type { Harvest } from './gathered.ts';
import { readSpecifications, type Specifications } from './specifications.ts';
import type { Report } from './tally.ts';

const specifications = readSpecifications();
const atHand = Object.values(specifications).every((one) => one !== null);
if (!atHand)
  console.warn('SKIPPED: specification not at hand (set SPECS_DIR to the folder with the official schemas)');

let harvests: Harvest[] = [];
let report: Report;
beforeAll(async () => {
  harvests = await driveEverything();
  report = await checkEverything(harvests, specifications);
});

test('nothing that we send and nothing that the simulators answer breaks an official schema', () => {
  expect(report.violations).toEqual([]);
});

describe.skipIf(!atHand)('with the specifications at hand', () => {
  test('at least 200 different requests of the proxy are checked, and nothing is skipped', () => {
    expect(report.oursDistinct).toBeGreaterThanOrEqual(200);
    expect(report.skipped).toBe(0);
  });

  test('everything that the proxy does at Stripe and Advocate is among them', () => {
    for (const operation of [
      'stripe GET /oauth/authorize',
      'stripe POST /oauth/token',
      'stripe POST /oauth/deauthorize',
      'stripe GET account',
      'stripe GET invoice',
      'stripe GET /v1/customers',
      'stripe POST /v1/customers',
      'stripe GET /v1/customers/search',
      'stripe GET /v1/customers/{customer}',
      'stripe POST /v1/customers/{customer}/balance_transactions',
      'stripe GET /v1/customers/{customer}/balance_transactions',
      'advocate PUT /open/account/{accountId}/user/{userId}',
      'advocate POST /credit/{id}/redeem',
      ...['Rewards', 'Participants', 'ParticipantLinks', 'ParticipantSearch', 'Participant'].map(
        (name) => `advocate graphql ${name}`,
      ),
      ...['Units', 'CustomFields', 'Integrations', 'Note'].map((name) => `advocate graphql ${name}`),
    ])
      expect(report.operations[operation]?.requests, operation).toBeGreaterThan(0);
  });

  test('every kind of refusal is among the answers', () => {
    const seen = Object.keys(report.statuses);
    for (const status of [400, 401, 403, 404, 409, 429, 500]) expect(seen).toContain(`stripe ${status}`);
    for (const status of [400, 401, 403, 404, 429, 500]) expect(seen).toContain(`advocate ${status}`);
  });

  test('each webhook that Advocate sends is among them', () => {
    for (const type of ['reward.created', 'user.reward.balance.changed', 'test'])
      expect(report.operations[`webhook ${type}`]?.responses, type).toBeGreaterThan(0);
  });

  test('no deviation is listed that nobody needs', () => {
    expect(report.deviations.map(({ id }) => id)).toEqual(DEVIATIONS.map(({ id }) => id));
  });
});

test('without the specifications their checks are counted as skipped, never as passed', async () => {
  const nothing: Specifications = { stripe: null, stripeExamples: null, advocateGraphQL: null };
  const blind = await checkEverything(harvests, nothing);
  expect(blind.skipped).toBeGreaterThan(200);
  expect(blind.skippedBecause).toEqual([
    'advocate: skipped: specification not at hand',
    'stripe: skipped: specification not at hand',
  ]);
  // Advocate's REST definition comes with npm, and Connect's OAuth is written down here.
  const needing = /graphql|stripe \w+ (\/v1|account|invoice)/;
  expect(Object.keys(blind.operations).filter((name) => needing.test(name))).toEqual([]);
});
