import { canBeId, isIdentity } from './identity-text.ts';

/** What a page's address says. `opaque` is an id that may be the admin application's own, so it only supports. */
export type Address = {
  /** `participant` names one; `person` might (users, members); null says nothing. */
  about: 'participant' | 'person' | null;
  userId: string | null;
  accountId: string | null;
  opaque: string | null;
  /** Settings, imports, forms for somebody new: whatever stands here is not a participant's page. */
  elsewhere: boolean;
};

const PARTICIPANT = /^(participants?|advocates?)$/i;
const PARTICIPANT_PAGE =
  /^(participants?|advocates?)[-_]?(details?|profile|info|view|overview|page)(\.\w+)?$|^(view|show)[-_]?participant(\.\w+)?$/i;
const PERSON = /^(users?|members?|people|persons?|referrers?|contacts?|customers?|u)$/i;
const ACCOUNT = /^(accounts?|a)$/i;
const VERB = /^(view|show|details?|profile|edit|id|overview|by-?id|byemail|email)(\.\w+)?$/i;
const RESERVED =
  /^(new|add|create|import|imports|export|exports|invite|search|list|all|segments?|settings|bulk|filters?|index|duplicates|merge|compare|upload|blocked|flagged)(\.\w+)?$/i;
const ELSEWHERE =
  /^(settings?|account-settings.*|integrations?|team|teams|staff|admins?|billing|login|signin|my|me|profile|preferences|import|imports|new|add|create|invite|merge|compare)(\.\w+)?$/i;

const PARTICIPANT_KEY =
  /^(participant|advocate)(_?id|_?key|_?email)?$|^selected_?(participant|advocate)(_?id)?$/i;
const USER_KEY = /^(user|member)(_?id)?$|^uid$/i;
const ACCOUNT_KEY = /^account(_?id)?$/i;

/** Applications encode an id once or twice; a stray % must not stop the reading. */
function decode(text: string): string {
  let out = text;
  for (let i = 0; i < 2 && /%[0-9a-f]{2}/i.test(out); i++) {
    try {
      out = decodeURIComponent(out);
    } catch {
      return out;
    }
  }
  return out;
}

/** Path, query and hash in their parts, for what is known by its own words rather than by where it stands. */
export function addressParts(address: string): Set<string> {
  return new Set(address.split(/[/?#&=;]/).map(decode));
}

/** Words like `archived` look like an id and are a view; a token needs more than letters to be believed. */
const looksLikeId = (token: string) => isIdentity(token) || /[\d@_:]/.test(token) || token.length >= 20;

export function readAddress(address: string): Address {
  const url = new URL(address);
  const found: Address = { about: null, userId: null, accountId: null, opaque: null, elsewhere: false };
  const keepUser = (token: string) => {
    if (isIdentity(token)) found.userId ??= token;
    else if (canBeId(token) || /^[0-9a-f]{24}$/i.test(token)) found.opaque ??= token;
  };

  const hash = decodeHash(url.hash);
  for (const path of [url.pathname, hash.path]) readPath(path, found, keepUser);
  for (const query of [url.searchParams, hash.query]) readQuery(query, found, keepUser);
  return found;
}

function decodeHash(hash: string): { path: string; query: URLSearchParams } {
  const [path = '', query = ''] = hash.replace(/^#!?/, '').split('?', 2);
  // `#participantId=7` has no path at all.
  return path.includes('=')
    ? { path: '', query: new URLSearchParams(path) }
    : { path, query: new URLSearchParams(query) };
}

function readPath(path: string, found: Address, keepUser: (token: string) => void): void {
  const segments = path.split(/[/;]/).filter(Boolean).map(decode);
  for (const [i, segment] of segments.entries()) {
    if (PARTICIPANT_PAGE.test(segment)) found.about = 'participant';
    const strong = PARTICIPANT.test(segment);
    if (!strong && ELSEWHERE.test(segment) && found.about === null) found.elsewhere = true;
    if (!strong && !PERSON.test(segment) && !ACCOUNT.test(segment) && !PARTICIPANT_PAGE.test(segment))
      continue;

    let next = i + 1;
    while (VERB.test(segments[next] ?? '')) next++;
    const token = segments[next];
    if (token === undefined) continue;
    if (RESERVED.test(token)) {
      if (strong) found.elsewhere = true;
      continue;
    }
    if (PARTICIPANT.test(token) || PERSON.test(token) || ACCOUNT.test(token)) continue;
    if (!looksLikeId(token)) continue;
    if (ACCOUNT.test(segment)) {
      if (isIdentity(token)) found.accountId ??= token;
      continue;
    }
    found.about = strong || PARTICIPANT_PAGE.test(segment) ? 'participant' : (found.about ?? 'person');
    // `/participants/{accountId}/{userId}` names both; the second is the participant.
    const second = segments[next + 1];
    if (second !== undefined && isIdentity(token) && isIdentity(second)) {
      found.accountId ??= token;
      keepUser(second);
    } else keepUser(token);
  }
}

function readQuery(query: URLSearchParams, found: Address, keepUser: (token: string) => void): void {
  let person = false;
  let account = false;
  for (const [key, raw] of query) {
    const value = decode(raw).trim();
    if (value === '') continue;
    if (PARTICIPANT_KEY.test(key)) {
      found.about = 'participant';
      keepUser(value);
    } else if (USER_KEY.test(key)) {
      person = true;
      keepUser(value);
    } else if (ACCOUNT_KEY.test(key)) {
      account = true;
      if (isIdentity(value)) found.accountId ??= value;
    }
  }
  // A bare `id` is somebody's only where the rest of the address says whose.
  const id = decode(query.get('id') ?? '').trim();
  if (id !== '' && (account || found.about === 'participant')) keepUser(id);
  if (person) found.about ??= 'person';
}
