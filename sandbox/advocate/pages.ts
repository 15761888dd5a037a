import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { Mode } from '../../src/contract/words.ts';
import { badRequest, notFound } from './errors.ts';
import { errorAnswer } from './http.ts';
import { findParticipant, matchesQuery, upsertParticipant } from './participants.ts';
import type { RequestEnv } from './request.ts';
import { availableValue, balances, createReward, pendingReasons, rewardsOf, statuses } from './rewards.ts';
import type { Participant, Reward, Tenant } from './state.ts';
import { pretty } from './units.ts';

const file = (name: string) => readFileSync(new URL(`./pages/${name}`, import.meta.url), 'utf8');
const STATIC = {
  'shared.js': 'text/javascript',
  'impact.js': 'text/javascript',
  'impact-shell.js': 'text/javascript',
  'impact-list.js': 'text/javascript',
  'impact-profile.js': 'text/javascript',
  'legacy.js': 'text/javascript',
  'impact.css': 'text/css',
  'impact-content.css': 'text/css',
  'legacy.css': 'text/css',
};

const nameOf = ({ firstName, lastName, id }: Participant) =>
  [firstName, lastName].filter(Boolean).join(' ') || id;

const rewardRow = (tenant: Tenant, reward: Reward, now: number) => ({
  id: reward.id,
  name: reward.name ?? 'Referral reward',
  unit: reward.unit,
  value: pretty(tenant, reward.unit, reward.value),
  available: pretty(tenant, reward.unit, availableValue(reward, now)),
  partly: reward.redeemed > 0 && reward.redeemed < reward.value,
  statuses: statuses(reward, now),
  pendingReasons: pendingReasons(reward, now),
  dateCreated: reward.dateCreated,
  note: reward.meta && { status: reward.meta.status, message: reward.meta.message },
});

/** Rows of the participant list. */
function listRow(tenant: Tenant, participant: Participant) {
  const rewards = rewardsOf(tenant, participant);
  return {
    accountId: participant.accountId,
    id: participant.id,
    name: nameOf(participant),
    email: participant.email,
    blocked: participant.dateBlocked !== null,
    dateCreated: participant.dateCreated,
    referrals: rewards.filter((r) => r.rewardSource === 'FRIEND_SIGNUP').length,
    rewards: rewards.length,
  };
}

function profile(tenant: Tenant, participant: Participant, now: number) {
  const rewards = rewardsOf(tenant, participant);
  return {
    ...listRow(tenant, participant),
    firstName: participant.firstName,
    lastName: participant.lastName,
    locale: participant.locale,
    referralCode: participant.referralCode,
    // Known fields first, then those that only this participant has, such as a misspelt one.
    fields: [
      ...tenant.customFields,
      ...Object.keys(participant.customFields)
        .filter((key) => !tenant.customFields.some((f) => f.key === key))
        .map((key) => ({ key, name: key })),
    ].map(({ key, name }) => ({ key, name, value: participant.customFields[key] ?? null })),
    balances: balances(rewardsOf(tenant, { accountId: participant.accountId }), now)
      .filter((b) => b.type === 'CREDIT' && b.availableValue > 0)
      .map((b) => pretty(tenant, b.unit, b.availableValue)),
    rewardRows: rewards
      .sort((a, b) => b.dateCreated - a.dateCreated)
      .map((reward) => rewardRow(tenant, reward, now)),
  };
}

/** A number where the text is one and the field held one, so that editing a form changes no types. */
const typed = (text: string, before: unknown) =>
  typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

export type PageOptions = {
  tenants: Record<Mode, Tenant>;
  now: () => number;
  changed: (tenant: Tenant) => void;
};

/**
 * The admin's screens. Their addresses and markup are our guess: no source names the real ones. Two shells that
 * differ in every label and element keep the content script from leaning on either. `app` serves them itself, so a
 * front with certificates can show them under https://app.impact.com and https://app.referralsaasquatch.com.
 */
export function pageRoutes({ tenants, now, changed }: PageOptions): Hono<RequestEnv> {
  const app = new Hono<RequestEnv>();
  app.onError(errorAnswer);
  const impact = file('impact.html');
  const legacy = file('legacy.html');
  app.get('/', (c) => c.redirect('/secure/advertiser/advocate/participants.ihtml'));
  app.get('/secure/advertiser/advocate/participants.ihtml', (c) => c.html(impact));
  app.get('/secure/advertiser/advocate/participant.ihtml', (c) => c.html(impact));
  app.get('/tenant/:alias/participants', (c) => c.html(legacy));
  app.get('/tenant/:alias/account/:accountId/user/:userId', (c) => c.html(legacy));
  for (const [name, type] of Object.entries(STATIC)) {
    const body = file(name);
    app.get(`/_sandbox/pages/${name}`, (c) =>
      c.body(body, 200, { 'content-type': `${type}; charset=utf-8` }),
    );
  }

  const tenantOf = (alias: string) => {
    const tenant = [tenants.test, tenants.live].find((t) => t.alias === alias);
    if (!tenant) throw notFound('There is no such tenant.');
    return tenant;
  };
  app.get('/_sandbox/pages/tenants', (c) =>
    c.json([tenants.test, tenants.live].map(({ alias, name, mode }) => ({ alias, name, mode }))),
  );
  app.get('/_sandbox/pages/data/:alias/participants', (c) => {
    const tenant = tenantOf(c.req.param('alias'));
    const found = [...tenant.participants.values()].filter((p) => matchesQuery(p, c.req.query('q') ?? ''));
    return c.json(found.map((p) => listRow(tenant, p)));
  });
  const one = '/_sandbox/pages/data/:alias/account/:accountId/user/:userId';
  const keyOf = (c: { req: { param(name: 'accountId' | 'userId'): string } }) => ({
    accountId: c.req.param('accountId'),
    id: c.req.param('userId'),
  });
  app.get(one, (c) => {
    const tenant = tenantOf(c.req.param('alias'));
    return c.json(profile(tenant, findParticipant(tenant, keyOf(c)), now()));
  });
  app.post(one, async (c) => {
    const tenant = tenantOf(c.req.param('alias'));
    const participant = findParticipant(tenant, keyOf(c));
    const form: Record<string, string> = await c.req.json();
    const { firstName, lastName, email, ...fields } = form;
    const customFields = Object.fromEntries(
      Object.entries(fields).map(([key, text]) => [
        key,
        text.trim() === '' ? null : typed(text.trim(), participant.customFields[key]),
      ]),
    );
    const names = { firstName, lastName, email: email === '' ? null : email };
    upsertParticipant(tenant, keyOf(c), { ...keyOf(c), ...names, customFields }, now());
    changed(tenant);
    return c.json(profile(tenant, participant, now()));
  });
  app.post(`${one}/rewards`, async (c) => {
    const tenant = tenantOf(c.req.param('alias'));
    const participant = findParticipant(tenant, keyOf(c));
    const { unit, amount }: { unit?: string; amount?: number } = await c.req.json();
    if (!unit) throw badRequest('A reward has a unit.');
    createReward(tenant, participant, { unit, assignedCredit: amount, name: 'Added by hand' }, now());
    changed(tenant);
    return c.json(profile(tenant, participant, now()), 201);
  });
  return app;
}
