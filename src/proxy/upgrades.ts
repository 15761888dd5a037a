/** Which connections may become something else than HTTP: those for hints, and no others. */
import type { IncomingMessage } from 'node:http';

/**
 * Whatever is refused here is answered like any other request. Otherwise Node would hand the connection over, without a
 * limit of time, to whoever waits for WebSockets, and that one leaves all others open without a word.
 */
export function mayUpgrade({ url, headers }: IncomingMessage): boolean {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /^\/v1\/hints(?:\?|$)/.test(url ?? '') &&
    // An address that cannot be put together would be taken for a mistake of ours.
    URL.canParse(`http://${headers.host ?? 'localhost'}${url}`)
  );
}
