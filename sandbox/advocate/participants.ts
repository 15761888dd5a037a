import { AdvocateError, badRequest, notFound } from './errors.ts';
import type { FieldValue, Participant, ParticipantKey, Records, Tenant } from './state.ts';
import { participantKey } from './state.ts';

export function findParticipant(records: Records, key: ParticipantKey): Participant {
  const found = records.participants.get(participantKey(key));
  if (!found) throw notFound(`There is no user ${key.id} in the account ${key.accountId}.`, 'RS042');
  return found;
}

/** A strict list: Advocate refuses a body with any other key. */
const BODY_KEYS = new Set([
  'id',
  'accountId',
  'firstName',
  'lastName',
  'email',
  'referable',
  'referralCode',
  'referralCodes',
  'paymentProviderId',
  'locale',
  'countryCode',
  'dateUsTaxFormSubmitted',
  'referredBy',
  'referredByCodes',
  'cookies',
  'imageUrl',
  'segments',
  'shareLinks',
  'customFields',
]);
/** GraphQL and imports may set it too. */
export const GRAPHQL_KEYS = new Set([...BODY_KEYS, 'dateCreated', 'lastInitial', 'cookieId', 'programGoals']);

const FIELD_KEY = /^[a-zA-Z0-9_]{1,64}$/;
const LONGEST_VALUE = 1024;
const MOST_FIELDS = 100;

function readFields(input: unknown): [string, FieldValue | null][] {
  if (input === undefined || input === null) return [];
  if (typeof input !== 'object' || Array.isArray(input)) throw badRequest('customFields is an object.');
  const entries = Object.entries(input);
  if (entries.length > MOST_FIELDS) throw badRequest(`At most ${MOST_FIELDS} custom fields at once.`);
  return entries.map(([key, value]) => {
    if (!FIELD_KEY.test(key)) throw badRequest(`“${key}” is not a key of a custom field.`);
    if (typeof value === 'string' && value.length > LONGEST_VALUE)
      throw badRequest(`The value of ${key} is longer than ${LONGEST_VALUE} characters.`);
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
      throw badRequest(`The value of ${key} is neither text, number nor boolean.`);
    return [key, value];
  });
}

/** Sets each field given, removes those given as null, and leaves every other as it is. */
export function mergeFields(participant: Participant, input: unknown): void {
  const fields = readFields(input);
  for (const [key, value] of fields) {
    if (value === null) delete participant.customFields[key];
    else participant.customFields[key] = value;
  }
}

function optionalText(body: Record<string, unknown>, key: string): string | null | undefined {
  const value = body[key];
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw badRequest(`${key} is text.`, 'INVALID_JSON_REQUEST');
}

function readBody(body: Record<string, unknown>, key: ParticipantKey, allowed: Set<string>) {
  const unknown = Object.keys(body).filter((k) => !allowed.has(k));
  if (unknown.length > 0)
    throw badRequest(`Not known in this body: ${unknown.join(', ')}.`, 'INVALID_JSON_REQUEST');
  if (key.accountId === '') throw badRequest('The account has no id.', 'BAD_REQUEST', 'RS043');
  if (key.id === '') throw badRequest('The user has no id.', 'BAD_REQUEST', 'RS044');
  if (body.id !== key.id || body.accountId !== key.accountId)
    throw badRequest('id and accountId of the body are those of the path.');
  const locale = optionalText(body, 'locale');
  if (typeof locale === 'string' && !/^[a-z]{2}_[A-Z]{2}$/.test(locale))
    throw badRequest(`${locale} is not a locale like en_US.`, 'BAD_REQUEST', 'RS039');
  const email = optionalText(body, 'email');
  if (typeof email === 'string' && !/^\S+@\S+$/.test(email))
    throw badRequest(`${email} is not an e-mail address.`, 'BAD_REQUEST', 'RS023');
  readFields(body.customFields);
  const given = {
    firstName: optionalText(body, 'firstName'),
    lastName: optionalText(body, 'lastName'),
    email,
    locale,
    countryCode: optionalText(body, 'countryCode'),
    imageUrl: optionalText(body, 'imageUrl'),
    paymentProviderId: optionalText(body, 'paymentProviderId'),
    referralCode: optionalText(body, 'referralCode') ?? undefined,
    referable: typeof body.referable === 'boolean' ? body.referable : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function applySegments(participant: Participant, operations: unknown): void {
  if (!Array.isArray(operations)) return;
  const segments = new Set(participant.segments);
  for (const operation of operations.map(String)) {
    if (operation.startsWith('~')) segments.delete(operation.slice(1));
    else segments.add(operation);
  }
  participant.segments = [...segments];
}

/** Creates or updates; what the body does not name keeps its value. Everything is checked before anything changes. */
export function upsertParticipant(
  tenant: Tenant,
  key: ParticipantKey,
  body: Record<string, unknown>,
  now: number,
  allowed = BODY_KEYS,
): Participant {
  const given = readBody(body, key, allowed);
  const existing = tenant.participants.get(participantKey(key));
  const participant: Participant = existing ?? {
    ...key,
    firstName: null,
    lastName: null,
    email: null,
    locale: null,
    countryCode: null,
    imageUrl: null,
    paymentProviderId: null,
    referable: true,
    referralCode: `NEW${tenant.participants.size}`,
    customFields: {},
    segments: [],
    dateCreated: typeof body.dateCreated === 'number' ? body.dateCreated : now,
    dateBlocked: null,
  };
  Object.assign(participant, given);
  mergeFields(participant, body.customFields);
  applySegments(participant, body.segments);
  // A field that was never used before becomes known by being used.
  for (const field of Object.keys(participant.customFields))
    if (!tenant.customFields.some((f) => f.key === field))
      tenant.customFields.push({ key: field, name: field });
  tenant.participants.set(participantKey(key), participant);
  return participant;
}

export function createParticipant(
  tenant: Tenant,
  key: ParticipantKey,
  body: Record<string, unknown>,
  now: number,
): Participant {
  if (tenant.participants.has(participantKey(key)))
    throw new AdvocateError(400, 'BAD_REQUEST', 'User already exists', 'RS048');
  return upsertParticipant(tenant, key, body, now);
}

/** By e-mail, name or id, loosely. */
export function matchesQuery(participant: Participant, query: string): boolean {
  const { firstName, lastName, email, id, accountId } = participant;
  const text = [firstName, lastName, email, id, accountId].filter(Boolean).join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
