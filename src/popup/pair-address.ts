export type ProxyAddress =
  | { ok: true; origin: string; loopback: boolean; code: string | null }
  | { ok: false; why: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/** Reads what a person types or pastes: `localhost:4242`, `https://proxy.example`, `http://127.0.0.1:4242#CODE`. */
export function readProxyAddress(text: string): ProxyAddress {
  const refuse = (why: string) => ({ ok: false, why }) as const;
  const typed = text.trim();
  if (typed === '') return refuse('Type the proxy’s address, for example http://localhost:4242.');
  const bare = /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|#|$)/i.test(typed)
    ? `http://${typed}`
    : `https://${typed}`;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : bare);
  if (!url) return refuse('This is not an address. It looks like http://localhost:4242.');
  if (url.hostname === '[::1]') {
    return refuse(
      `Write http://localhost${url.port && `:${url.port}`} instead: browsers give no access to [::1].`,
    );
  }
  const loopback = LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse('An address starts with http:// or https://.');
  }
  if (url.protocol === 'http:' && !loopback) {
    return refuse('A proxy on another machine needs https://, so that nobody reads along.');
  }
  if (url.username || url.password) return refuse('Leave the name and password out of the address.');
  return { ok: true, origin: url.origin, loopback, code: url.hash.slice(1) || null };
}
