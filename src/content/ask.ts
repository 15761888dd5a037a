import type { MessageName, Reply, Request } from '../contract/messages.ts';
import type { Mode } from '../contract/words.ts';
import { findApi } from '../ui/extension-api.ts';

export type Ask = <N extends MessageName>(name: N, request: Request<N>) => Promise<Reply<N>>;
/** Names the mode that the card shows, so that what is done is done there. */
export type AskIn = <N extends MessageName>(name: N, request: Request<N>, mode?: Mode) => Promise<Reply<N>>;
/** No reply where the worker could not be reached. */
export type AskMaybe = <N extends MessageName>(
  name: N,
  request: Request<N>,
  mode?: Mode,
) => Promise<Reply<N> | undefined>;

/** This script runs on somebody else's page, where nothing may be thrown. */
export const ask: AskMaybe = async <N extends MessageName>(name: N, request: Request<N>, mode?: Mode) => {
  try {
    const reply: Reply<N> | undefined = await findApi()?.runtime.sendMessage({
      name,
      request,
      ...(mode && { mode }),
    });
    return reply;
  } catch {
    return undefined;
  }
};

/** Where a file of the extension is; throws once the extension is gone. */
export const fileOfOurs = (path: string): string => findApi()?.runtime.getURL(path) ?? '';

/** False once the extension was reloaded, updated or removed beneath this page. */
export function extensionIsThere(): boolean {
  try {
    return findApi()?.runtime.id !== undefined;
  } catch {
    return false;
  }
}
