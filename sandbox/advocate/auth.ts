import { timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { forbidden, unauthorized } from './errors.ts';
import type { ParticipantKey, Tenant } from './state.ts';

/** A tenant's key may do everything; a participant's own token only what is theirs. */
export type Caller = { kind: 'key' } | ({ kind: 'participant' } & ParticipantKey);

const same = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Empty user name with the API key, or Account SID with Auth Token. Never the key as user name: unproven. */
function isTenantKey(tenant: Tenant, credentials: string): boolean {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return same(text, `:${tenant.apiKey}`) || same(text, `${tenant.accountSid}:${tenant.authToken}`);
}

function participantOf(claims: Record<string, unknown>, tenant: Tenant): ParticipantKey | null {
  const { user, sub } = claims;
  if (typeof user === 'object' && user !== null && 'id' in user && 'accountId' in user)
    return { accountId: String(user.accountId), id: String(user.id) };
  const parts = typeof sub === 'string' ? /^(.+):(.+)@([^@:]+):users$/.exec(sub) : null;
  const [, accountId, id, alias] = parts ?? [];
  if (accountId === undefined || id === undefined || alias !== tenant.alias) return null;
  return { accountId, id };
}

async function readToken(tenant: Tenant, token: string): Promise<Caller> {
  try {
    const secret = decodeProtectedHeader(token).kid === tenant.accountSid ? tenant.authToken : tenant.apiKey;
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] });
    const key = participantOf(payload, tenant);
    if (key) return { kind: 'participant', ...key };
  } catch {
    // Falls through to the one answer for every bad token.
  }
  throw unauthorized('This token was not accepted.', 'RS032');
}

export async function identify(tenant: Tenant, headers: Headers): Promise<Caller> {
  const authorization = headers.get('authorization') ?? '';
  const basic = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (basic !== undefined) {
    if (isTenantKey(tenant, basic)) return { kind: 'key' };
    throw unauthorized('This API key does not belong to this tenant.');
  }
  const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? headers.get('x-saasquatch-user-token');
  if (token) return readToken(tenant, token);
  throw unauthorized('No credentials were sent.', 'RS045');
}

export function requireKey(caller: Caller): void {
  if (caller.kind !== 'key') throw unauthorized('Only the tenant’s API key may do this.');
}

export function requireKeyOrSelf(caller: Caller, key: ParticipantKey): void {
  if (caller.kind === 'key') return;
  if (caller.accountId !== key.accountId || caller.id !== key.id)
    throw forbidden('This token belongs to another user.');
}

/** Each of these refuses a participant's own token. */
export function onlyForKey<R extends object>(caller: Caller, resolvers: R): object {
  if (caller.kind === 'key') return resolvers;
  const refuse = () => requireKey(caller);
  return Object.fromEntries(Object.keys(resolvers).map((name) => [name, refuse]));
}
