/** Wishes to link, and what can be seen of what became of them. */
import * as v from 'valibot';
import type { SeedParticipant } from '../../sandbox/seed.ts';
import { LinkOutcome, type LinkWish } from '../../src/contract/linking.ts';
import { ANNAS_CUSTOMER, customer, participant, type Stage } from './stage.ts';

export const OTHER = 'cus_Other00000001';
export const customers = [customer(), customer({ id: OTHER, email: 'other@example.com' })];

export const person = (id: string, more: Partial<SeedParticipant> = {}) =>
  participant({ accountId: id, id, email: `${id}@example.com`, customFields: {}, rewards: [], ...more });
export const crowd = (n: number) => Array.from({ length: n }, (_, i) => person(`p${i}`));
export const wish = (id: string, more: Partial<LinkWish> = {}): LinkWish => ({
  accountId: id,
  userId: id,
  customer: ANNAS_CUSTOMER,
  previous: null,
  ...more,
});
export const wishes = (n: number) => crowd(n).map(({ id }) => wish(id));

export const outcomesIn = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(LinkOutcome, JSON.parse(line)));
export async function links(
  stage: Stage,
  body: { links: LinkWish[]; dryRun?: boolean },
  token = stage.admin,
) {
  const { status, text } = await stage.ask('POST', '/test/links', body, token);
  if (status !== 200) throw new Error(`links answered ${status}: ${text}`);
  return outcomesIn(text);
}
export const linkAt = (stage: Stage, userId: string, accountId = userId) =>
  stage.advocate.state.test.participants.find((p) => p.accountId === accountId && p.id === userId)
    ?.customFields.stripeCustomerId ?? null;
export const writes = ({ exchanges }: Stage) => exchanges.filter(({ method }) => method === 'PUT');
export const history = ({ db }: Stage) =>
  db
    .selectFrom('audit')
    .select(['action', 'actor_name', 'subject', 'before', 'after'])
    .orderBy('seq')
    .execute();

export const through = async (
  app: Stage['app'],
  { admin }: Stage,
  path: string,
  body: object,
  method = 'PUT',
) =>
  app.request(`/v1/test${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
