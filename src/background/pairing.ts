/** Which proxy this browser belongs to, and the token it was given. The token leaves this file only in a request. */
import * as v from 'valibot';
import { HINTS_PROTOCOL, hintsAddress, TOKEN_PROTOCOL } from '../contract/hints.ts';
import { hostPattern } from '../contract/host-pattern.ts';
import { ProblemError } from '../contract/problems.ts';
import { PairAnswer } from '../contract/routes.ts';
import { ROLES, type Role } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { type ProxyClient, proxyClient } from './proxy-client.ts';
import { type Area, type Stored, stored } from './stored.ts';
import { storedInIdb } from './stored-in-idb.ts';

/** A header cannot carry anything else, and fetch would repeat the token in its complaint. */
const Token = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{8,512}$/));
const Pairing = v.object({
  proxy: v.string(),
  token: Token,
  role: v.picklist(ROLES),
  browser: PairAnswer.entries.browser,
});
type Pairing = v.InferOutput<typeof Pairing>;

type Options = {
  local: Area;
  permissions: { contains(asked: { origins: string[] }): Promise<boolean> };
  browserName(): Promise<string>;
  fetch?: typeof fetch;
  /** Another token counts from here on, or none. */
  changed?: () => void;
};

const LOOPBACK = /^(localhost|127\.0\.0\.1)$/;

/** `credits.example.com`, `https://credits.example.com/` or, on this machine only, `http://localhost:4242`. */
export function proxyOrigin(text: string): string {
  const refuse = (detail: string) =>
    new ProblemError('bad_request', told({ detail, action: say('ui_address_action') }));
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) throw refuse(say('ui_address_none'));
  const url = new URL(withScheme);
  const local = LOOPBACK.test(url.hostname);
  // Browsers have no permission for such an address.
  if (url.hostname.startsWith('[')) throw refuse(say('ui_address_brackets'));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw refuse(say('ui_address_https'));
  }
  if (url.username || url.password) throw refuse(say('ui_address_password'));
  if (url.pathname !== '/' || url.search || url.hash) {
    throw refuse(say('ui_address_path'));
  }
  return url.origin;
}

export function createPairing({ local, permissions, browserName, fetch, changed = () => {} }: Options) {
  const pairing: Stored<Pairing> = storedInIdb('pairing', Pairing);
  /** The proxy that no longer knows this browser, so that we can say so. */
  const refused = stored(local, 'refused', v.string());

  async function mayReach(origin: string): Promise<void> {
    const allowed = await permissions.contains({ origins: [hostPattern(origin)] }).catch(() => false);
    if (allowed) return;
    throw new ProblemError(
      'host_permission_missing',
      told({ detail: origin, action: say('ui_permission_action') }),
    );
  }

  /** A slow refusal of an old token must not throw away a new pairing. */
  async function forget(token: string, proxy: string): Promise<void> {
    if ((await pairing.get())?.token !== token) return;
    await pairing.remove();
    await refused.set(proxy);
    changed();
  }

  /** Why this browser, once paired, is not any more; null when it never was or chose to leave. */
  async function lost(): Promise<ProblemError | null> {
    const proxy = await refused.get();
    if (proxy === null) return null;
    return new ProblemError(
      'unauthorized',
      told({ detail: say('ui_unknown_browser', { proxy }), action: say('ui_unknown_browser_action') }),
    );
  }

  return {
    lost,
    async current(): Promise<{ proxy: string; role: Role; browserName: string } | null> {
      const now = await pairing.get();
      return now && { proxy: now.proxy, role: now.role, browserName: now.browser.name };
    },

    /** The way to the proxy, or the problem why there is none. */
    async client(): Promise<ProxyClient> {
      const now = await pairing.get();
      if (now === null) throw (await lost()) ?? new ProblemError('not_paired');
      await mayReach(now.proxy);
      const { proxy: origin, token } = now;
      return proxyClient({ origin, token, onRefused: () => forget(token, origin), ...(fetch && { fetch }) });
    },

    /** Opens what hears the proxy's hints. The token goes beside the protocol's name: addresses are written into logs. */
    async listen<T>(open: (url: string, protocols: string[]) => T): Promise<T> {
      const now = await pairing.get();
      if (now === null) throw (await lost()) ?? new ProblemError('not_paired');
      await mayReach(now.proxy);
      return open(hintsAddress(now.proxy), [HINTS_PROTOCOL, `${TOKEN_PROTOCOL}${now.token}`]);
    },

    async pair(proxy: string, code: string): Promise<void> {
      const origin = proxyOrigin(proxy);
      await mayReach(origin);
      const client = proxyClient({ origin, token: null, ...(fetch && { fetch }) });
      const { token, role, browser } = await client.pair({ code, browserName: await browserName() });
      if (!v.is(Token, token))
        throw new ProblemError('proxy_unexpected', { detail: 'Its token is malformed.' });
      await pairing.set({ proxy: origin, token, role, browser });
      await refused.remove();
      changed();
    },

    /** Trades the token for a new one. Where the answer is lost the present one stays, and is good. */
    async renewToken(): Promise<void> {
      const before = await pairing.get();
      if (before === null) return;
      const { proxy: origin, token } = before;
      const client = proxyClient({
        origin,
        token,
        onRefused: () => forget(token, origin),
        ...(fetch && { fetch }),
      });
      const fresh = await client.renewToken();
      if (!v.is(Token, fresh.token))
        throw new ProblemError('proxy_unexpected', { detail: 'Its token is malformed.' });
      const now = await pairing.get();
      // Unpaired or paired anew meanwhile.
      if (now?.token === token) await pairing.set({ ...now, token: fresh.token });
    },

    async unpair(): Promise<void> {
      await pairing.remove();
      await refused.remove();
      changed();
    },
  };
}
export type PairingStore = ReturnType<typeof createPairing>;

const SYSTEMS: Record<string, string> = {
  mac: 'macOS',
  win: 'Windows',
  linux: 'Linux',
  cros: 'ChromeOS',
  android: 'Android',
  openbsd: 'OpenBSD',
};

export const UNNAMED = 'Browser';

/** Firefox asks people about technical data apart, and lists what they agreed to; other browsers know no such list. */
export async function mayTellSystem(permissions: { getAll(): Promise<object> }): Promise<boolean> {
  const all = await permissions.getAll();
  if (!('data_collection' in all) || !Array.isArray(all.data_collection)) return true;
  return all.data_collection.includes('technicalAndInteraction');
}

/** How people tell browsers apart in a list, for example "Chrome on Linux". */
export function nameOfBrowser(userAgent: string, os: string): string {
  const known: [RegExp, string][] = [
    [/\bEdg\//, 'Edge'],
    [/\bOPR\//, 'Opera'],
    [/\bFirefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'] /* `HeadlessChrome` too */,
    [/\bSafari\//, 'Safari'],
  ];
  const name = known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'Browser';
  return `${name} on ${SYSTEMS[os] ?? os}`;
}
