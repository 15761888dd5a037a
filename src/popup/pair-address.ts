import { say } from '../locales/say.ts';

export type ProxyAddress =
  | { ok: true; origin: string; loopback: boolean; code: string | null }
  | { ok: false; why: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1']);

/** Reads what a person types or pastes: `localhost:4242`, `https://proxy.example`, `http://127.0.0.1:4242#CODE`. */
export function readProxyAddress(text: string): ProxyAddress {
  const refuse = (why: string) => ({ ok: false, why }) as const;
  const typed = text.trim();
  if (typed === '') return refuse(say('popup_address_missing'));
  const bare = /^(localhost|127\.0\.0\.1|\[::1\])(:|\/|#|$)/i.test(typed)
    ? `http://${typed}`
    : `https://${typed}`;
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : bare;
  if (!URL.canParse(whole)) return refuse(say('popup_address_none'));
  const url = new URL(whole);
  if (url.hostname === '[::1]') {
    const address = `http://localhost${url.port && `:${url.port}`}`;
    return refuse(say('popup_address_brackets', { address }));
  }
  const loopback = LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse(say('popup_address_scheme'));
  }
  if (url.protocol === 'http:' && !loopback) {
    return refuse(say('popup_address_https'));
  }
  if (url.username || url.password) return refuse(say('popup_address_password'));
  return { ok: true, origin: url.origin, loopback, code: url.hash.slice(1) || null };
}
