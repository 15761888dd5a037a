/** Messages that the worker must refuse: of strangers, of nobody knows what, and not as agreed. */
import fc from 'fast-check';
import * as v from 'valibot';
import { MESSAGES, type MessageName } from '../../src/contract/messages.ts';
import { anyJson, nastyText } from './schemas.ts';

export const SELF = { id: 'abcdef', origin: 'chrome-extension://abcdef' };
const PAGE = { ...SELF, url: `${SELF.origin}/popup.html` };
const CARD = {
  id: SELF.id,
  origin: 'https://app.impact.com',
  url: 'https://app.impact.com/p/1',
  tab: { id: 1 },
  frameId: 0,
};
export type BadMessage = { flaw: string; message: unknown; sender: object };

const NAMES = Object.keys(MESSAGES) as MessageName[];
const isAgreed = (name: MessageName, request: unknown): boolean => {
  const schema: v.GenericSchema = MESSAGES[name].request;
  return v.safeParse(schema, request).success;
};

/** As agreed, of rewards and people that are not there. */
const AGREED: Partial<Record<MessageName, unknown>> = {
  retry: { reward: 'r9' },
  confirmCurrency: { reward: 'r9' },
  releaseCap: { reward: 'r9' },
  chooseMode: { mode: 'live' },
  pair: { proxy: 'https://evil.example', code: 'AAAA' },
  saveSettings: { version: 1, units: [], paused: false, currencyRule: 'confirm', caps: {} },
  holdRewards: { rewards: ['r1'], deed: 'dismiss' },
  retryRewards: { rewards: ['r1'] },
  preview: { rewards: ['r1'] },
  reverse: { reward: 'r1', seen: { amount: 1, currency: 'USD' } },
  dismissReversal: { reward: 'r1' },
  story: { reward: 'r1' },
  invite: { role: 'admin' },
  removeMember: { browser: '00000000-0000-4000-8000-000000000000' },
  matches: { participants: [{ accountId: 'a', userId: 'b' }] },
  linkMany: { links: [{ accountId: 'a', userId: 'b', customer: 'cus_1', previous: null }] },
  participants: { q: 'a' },
  participant: { accountId: 'a', userId: 'b' },
  landing: { accountId: 'a', userId: 'b' },
  customers: { q: 'a' },
  createCustomer: { accountId: 'a', userId: 'b' },
  link: { accountId: 'a', userId: 'b', customer: 'cus_1', previous: null },
  unlink: { accountId: 'a', userId: 'b', previous: 'cus_1' },
};
const agreed = (name: MessageName): unknown => AGREED[name] ?? {};

/** What Firefox’s structured clone carries, which is more than JSON. */
const anything = fc.oneof(
  anyJson,
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
);
const name = fc.constantFrom(...NAMES);

const strangers = fc.oneof(
  fc.constantFrom<object>(
    {},
    { ...PAGE, id: 'other' },
    { ...PAGE, origin: 'chrome-extension://other' },
    { id: SELF.id, url: PAGE.url },
    { ...PAGE, origin: `${SELF.origin}/` },
    { ...PAGE, origin: `${SELF.origin}.example` },
    { ...CARD, origin: 'https://app.impact.com.evil.example' },
    { ...CARD, origin: 'https://evil.example' },
    { ...CARD, origin: 'null' },
    { ...CARD, origin: 'http://app.impact.com' },
    { ...CARD, frameId: 1 },
    { ...CARD, tab: undefined },
    { ...CARD, url: 'https://evil.example/' },
    { ...CARD, url: undefined },
  ),
  fc
    .record({ id: nastyText(40), origin: nastyText(80), url: nastyText(80), frameId: fc.integer() })
    .filter(({ origin, id }) => origin !== SELF.origin && id !== SELF.id),
);

const changedRequest = fc
  .tuple(name, fc.nat(5), anything, nastyText(30))
  .map(([one, how, other, key]): [MessageName, unknown] => {
    const request = Object(agreed(one)) as Record<string, unknown>;
    const keys = Object.keys(request);
    const which = keys[how % Math.max(keys.length, 1)];
    if (how === 0 || which === undefined) return [one, { ...request, [`x${key}`]: other }];
    if (how === 1) return [one, Object.fromEntries(Object.entries(request).filter(([k]) => k !== which))];
    if (how === 2) return [one, other];
    return [one, { ...request, [which]: other }];
  })
  .filter(([one, request]) => !isAgreed(one, request));

export const badMessages: fc.Arbitrary<BadMessage> = fc.oneof(
  fc
    .tuple(name, strangers)
    .map(([one, sender]) => ({ flaw: 'a stranger', message: { name: one, request: agreed(one) }, sender })),
  fc
    .constantFrom(...NAMES.filter((one) => !MESSAGES[one].content))
    .map((one) => ({ flaw: 'a card', message: { name: one, request: agreed(one) }, sender: CARD })),
  ...[PAGE, CARD].flatMap((sender) => [
    fc.tuple(changedRequest).map(([[one, request]]) => ({
      flaw: 'a wrong request',
      message: { name: one, request },
      sender,
    })),
    anything.map((message) => ({ flaw: 'no message', message, sender })),
    fc
      .tuple(nastyText(40), anything)
      .filter(([one]) => !Object.hasOwn(MESSAGES, one))
      .map(([one, request]) => ({ flaw: 'an unknown name', message: { name: one, request }, sender })),
    fc
      .tuple(
        name,
        anything.filter((mode) => mode !== 'test' && mode !== 'live' && mode !== undefined),
      )
      .map(([one, mode]) => ({
        flaw: 'a wrong mode',
        message: { name: one, request: agreed(one), mode },
        sender,
      })),
    fc.tuple(name, nastyText(20), anything).map(([one, key, value]) => ({
      flaw: 'something beside',
      message: { name: one, request: agreed(one), [`x${key}`]: value },
      sender,
    })),
  ]),
  fc.constantFrom('retry', 'confirmCurrency', 'releaseCap').map((one: MessageName) => ({
    flaw: 'of what is not there',
    message: { name: one, request: agreed(one) },
    sender: PAGE,
  })),
);
