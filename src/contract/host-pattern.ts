/**
 * The permission that lets the extension talk to a proxy. Without the port: Firefox knows none in patterns, and
 * Chrome takes that for any. Asked for and checked in the same words, or the browser says no.
 */
export function hostPattern(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
