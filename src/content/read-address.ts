import { canBeId, isIdentity } from './identity-text.ts';

/** What a page's address says. `opaque` is an id that may be the admin application's own, so it only supports. */
export type Address = {
  /** `participant` names one; `person` might (users, members); null says nothing. */
  about: 'participant' | 'person' | null;
  userId: string | null;
  accountId: string | null;
  opaque: string | null;
  /** Its parts that can name somebody, whatever stands before them; not what was searched for. */
  parts: ReadonlySet<string>;
  /** The list of participants: whoever stands here alone may only be the first of them. */
  list: boolean;
  /** Settings, imports, forms for somebody new: whatever stands here is not a participant's page. */
  elsewhere: boolean;
};

export const SAYS_NOTHING: Address = {
  about: null,
  userId: null,
  accountId: null,
  opaque: null,
  parts: new Set(),
  list: false,
  elsewhere: false,
};

const PARTICIPANT = /^(participant(e|i)?s?|advocates?|teilnehmer|deelnemers?)$/i;
const PARTICIPANT_PAGE =
  /^(participants?|advocates?)[-_]?(details?|profile|info|view|overview|page)$|^(view|show)[-_]?participant$/i;
const PERSON = /^(users?|members?|people|persons?|referrers?|contacts?|customers?|u)$/i;
const ACCOUNT = /^(accounts?|a)$/i;
const VERB = /^(view|show|details?|profile|edit|id|overview|by-?id|byemail|email|summary)$/i;
const LIST = /^(list|all|index|search|filters?|segments?|blocked|flagged)$/i;
const FORM = /^(new|add|create|imports?|invite|merge|compare)$/i;
const NO_ID = /^(exports?|settings|bulk|duplicates|upload)$/i;
const ELSEWHERE =
  /^(settings?|account-settings.*|integrations?|teams?|staff|admins?|billing|login|signin|my|me|preferences|webhooks?|developers?|help|docs|articles?|kb|faq)$/i;
/** `profile.ihtml` */
const bare = (segment: string) => segment.replace(/\.\w+$/, '');

const SEARCH_KEY = /^(q|s|query|search|filter|term|sort|order|page|tab|email|name)/i;

const PARTICIPANT_KEY =
  /^(participant|advocate)(_?id|_?key|_?email)?$|^selected_?(participant|advocate)(_?id)?$/i;
const USER_KEY = /^(user|member)(_?id)?$|^uid$/i;
const ACCOUNT_KEY = /^account(_?id)?$/i;

/** Applications encode an id once or twice; a stray % must not stop the reading. */
export function decode(text: string): string {
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
  const parts = new Set<string>();
  const found: Address = { ...SAYS_NOTHING, parts };
  const keepUser = (token: string) => {
    const inside = decodeBase64(token);
    if (inside !== null) parts.add(inside);
    if (isIdentity(token)) found.userId ??= token;
    else if (inside !== null && isIdentity(inside)) found.userId ??= inside;
    else if (canBeId(token) || /^[0-9a-f]{24}$/i.test(token)) found.opaque ??= token;
  };

  const hash = decodeHash(url.hash);
  const paths = [url.pathname, hash.path].map((path) => path.split(/[/;]/).filter(Boolean).map(decode));
  for (const segments of paths) readPath(segments, found, keepUser);
  const queries = [url.searchParams, hash.query];
  for (const query of queries) readQuery(query, found, keepUser);
  found.list = found.about === null && paths.some((segments) => isList(segments));
  // One's own, unless the address goes on to name somebody.
  found.elsewhere ||=
    found.about === null && paths.flat().some((segment) => /^profile$/i.test(bare(segment)));

  // `globo:tess` names an account and somebody in it.
  for (const segments of paths)
    for (const segment of segments) for (const part of [segment, ...segment.split(/[:|,~]/)]) parts.add(part);
  for (const query of queries)
    for (const [key, value] of query) if (!SEARCH_KEY.test(key)) parts.add(decode(value).trim());
  return found;
}

/** Settings, imports, forms for somebody new are about nobody, whatever stands there, unless the address names somebody. */
export const canBeAboutSomebody = ({ about, elsewhere, userId, opaque }: Address): boolean =>
  !elsewhere || (about === 'participant' && (userId !== null || opaque !== null));

function isList(segments: string[]): boolean {
  const named = segments.findIndex((segment) => PARTICIPANT.test(segment));
  return named >= 0 && segments.slice(named + 1).every((segment) => LIST.test(bare(segment)));
}

/** Some applications wrap an e-mail or a pair of ids so that it fits into an address. */
function decodeBase64(token: string): string | null {
  if (!/^[\w+/-]{12,}={0,2}$/.test(token)) return null;
  try {
    const text = atob(token.replace(/-/g, '+').replace(/_/g, '/'));
    return /^[\x20-\x7e]+$/.test(text) ? text : null;
  } catch {
    return null;
  }
}

function decodeHash(hash: string): { path: string; query: URLSearchParams } {
  const [path = '', query = ''] = hash.replace(/^#!?/, '').split('?', 2);
  // `#participantId=7` has no path at all.
  return path.includes('=')
    ? { path: '', query: new URLSearchParams(path) }
    : { path, query: new URLSearchParams(query) };
}

function readPath(segments: string[], found: Address, keepUser: (token: string) => void): void {
  for (const [i, segment] of segments.entries()) {
    const word = bare(segment);
    const page = PARTICIPANT_PAGE.test(word);
    if (page) found.about = 'participant';
    const strong = PARTICIPANT.test(segment);
    if (!strong && found.about === null && (ELSEWHERE.test(word) || FORM.test(word))) found.elsewhere = true;
    if (!strong && !PERSON.test(segment) && !ACCOUNT.test(segment) && !page) continue;

    let next = i + 1;
    while (VERB.test(bare(segments[next] ?? ''))) next++;
    const token = segments[next];
    if (token === undefined) {
      // `/participant/details`: whose, the query or the page says.
      if (strong && next > i + 1) found.about = 'participant';
      continue;
    }
    const list = LIST.test(bare(token));
    if (list || FORM.test(bare(token)) || NO_ID.test(bare(token))) {
      // Over a list, somebody can be shown.
      if (strong && !list) found.elsewhere = true;
      continue;
    }
    // `/account/users` are the application's own.
    if (ACCOUNT.test(segment) && PERSON.test(token) && found.about === null) found.elsewhere = true;
    if (PARTICIPANT.test(token) || PERSON.test(token) || ACCOUNT.test(token)) continue;
    // After `view` or `profile` any word is a name.
    if (!looksLikeId(token) && !(strong && next > i + 1)) continue;
    if (ACCOUNT.test(segment)) {
      if (isIdentity(token)) found.accountId ??= token;
      continue;
    }
    found.about = strong || page ? 'participant' : (found.about ?? 'person');
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
