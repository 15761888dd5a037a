import type { Browser } from 'webextension-polyfill';
import type { MessageName, Reply, Request } from '../contract/messages.ts';
import type { Mode } from '../contract/words.ts';

const world = globalThis as typeof globalThis & { browser?: Browser; chrome?: Browser };
/** An element of the page with the id `browser` answers to that name where the browser itself does not (Chrome < 148). */
const runtime = () => (world.browser?.runtime?.id ? world.browser : world.chrome)?.runtime;

export type Ask = <N extends MessageName>(name: N, request: Request<N>) => Promise<Reply<N>>;
/** Names the mode that the card shows, so that what is done is done there. */
export type AskIn = <N extends MessageName>(name: N, request: Request<N>, mode?: Mode) => Promise<Reply<N>>;

/** Refusals come back as values: this script runs on somebody else's page, where nothing may be thrown. */
export const ask: AskIn = async <N extends MessageName>(
  name: N,
  request: Request<N>,
  mode?: Mode,
): Promise<Reply<N>> => {
  try {
    const reply: Reply<N> | undefined = await runtime()?.sendMessage({
      name,
      request,
      ...(mode && { mode }),
    });
    if (reply) return reply;
  } catch {
    // The worker could not be reached; what that means is below.
  }
  return {
    ok: false,
    problem: {
      type: 'about:blank',
      code: 'internal',
      status: 500,
      title: 'The extension did not answer.',
      detail: 'It may have been updated or turned off.',
      action: 'Reload this page and try again.',
    },
  };
};

/** False once the extension was reloaded, updated or removed beneath this page. */
export function extensionIsThere(): boolean {
  try {
    return runtime()?.id !== undefined;
  } catch {
    return false;
  }
}
