import type { Browser } from 'webextension-polyfill';
import type { MessageName, Reply, Request } from '../contract/messages.ts';

const world = globalThis as typeof globalThis & { browser?: Browser; chrome?: Browser };
const runtime = () => (world.browser ?? world.chrome)?.runtime;

export type Ask = <N extends MessageName>(name: N, request: Request<N>) => Promise<Reply<N>>;

/** Refusals come back as values: this script runs on somebody else's page, where nothing may be thrown. */
export const ask: Ask = async <N extends MessageName>(name: N, request: Request<N>): Promise<Reply<N>> => {
  try {
    const reply: Reply<N> | undefined = await runtime()?.sendMessage({ name, request });
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
