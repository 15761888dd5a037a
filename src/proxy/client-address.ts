/** Whose request it is, for counting: the address of a client, behind as many proxies as the settings say. */

import { isIP, isIPv4 } from 'node:net';
import type { Context } from 'hono';

/** Where nothing is known, all are counted as one. */
const UNKNOWN = 'unknown';
/** Of IPv6 one customer has this many groups' worth of addresses to choose from: 64 bits. */
const GROUPS_OF_ONE = 4;

/**
 * Each trusted proxy puts whom it was asked by at the end of X-Forwarded-For. What stands before that is only claimed: it
 * is not read, so nobody gets a new address by writing one.
 */
export function clientAddress(c: Context, trustedProxies: number): string {
  const forwarded = (c.req.header('x-forwarded-for') ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const claimed = trustedProxies === 0 ? undefined : (forwarded.at(-trustedProxies) ?? forwarded[0]);
  return whose(claimed ?? socketAddress(c.env) ?? UNKNOWN);
}

/** Whoever is on the other end of the connection; nobody where the app is asked without one. */
function socketAddress(env: { incoming?: { socket?: { remoteAddress?: string } } } | undefined) {
  return env?.incoming?.socket?.remoteAddress;
}

/** One name for all addresses that one client has: without a port, of IPv6 the network. */
export function whose(text: string): string {
  const bare = text.match(/^\[([^\]]+)\]/)?.[1] ?? text.match(/^([\d.]+):\d+$/)?.[1] ?? text;
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
  if (isIPv4(address)) return address;
  if (isIP(address) === 0) return UNKNOWN;
  const [before = '', after] = address.toLowerCase().split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...tail];
  return `${groups
    .slice(0, GROUPS_OF_ONE)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
