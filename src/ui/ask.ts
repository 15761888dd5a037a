import type { Browser, Runtime } from 'webextension-polyfill';
import type { Answers, MessageName, PopupState, Reply, Request, StateChanged } from '../contract/messages.ts';
import { type Problem, ProblemError } from '../contract/problems.ts';
import type { Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { findApi } from './extension-api.ts';

/** Where the extension's own pages are. */
export function extensionApi(): Browser {
  const api = findApi();
  if (!api) throw new Error('This page runs only inside the extension.');
  return api;
}

/** A refusal as the worker sent it, request id and all. */
export class RefusedError extends ProblemError {
  readonly problem: Problem;
  constructor(problem: Problem) {
    const { detail, action, current } = problem;
    super(problem.code, {
      ...(detail !== undefined && { detail }),
      ...(action !== undefined && { action }),
      ...(current !== undefined && { current }),
      told: problem.told,
    });
    this.problem = problem;
  }
}

/** `mode`: what the person saw when they asked. */
export type Ask = <N extends MessageName>(name: N, request: Request<N>, mode?: Mode) => Promise<Answers[N]>;

/** Asks the background worker; a refusal is thrown, so that whoever asks reads straight on. */
export const ask: Ask = async <N extends MessageName>(name: N, request: Request<N>, mode?: Mode) => {
  let reply: unknown;
  try {
    reply = await extensionApi().runtime.sendMessage({ name, request, ...(mode && { mode }) });
  } catch (cause) {
    throw workerSilent(cause);
  }
  if (!isReply<N>(reply)) throw workerSilent();
  if (!reply.ok) throw new RefusedError(reply.problem);
  return reply.value;
};

/** Calls back with every new state that the worker announces; answers how to stop. */
export function onStateChanged(listener: (state: PopupState) => void): () => void {
  const api = extensionApi();
  const hear = (message: unknown, sender: Runtime.MessageSender) => {
    // Content scripts reach this page as well; only the worker speaks from our own origin without a tab.
    const ours = sender.id === api.runtime.id && sender.tab === undefined;
    if (ours && isStateChanged(message)) listener(message.state);
    return undefined; // Answering would take the answer away from whoever the message is for.
  };
  api.runtime.onMessage.addListener(hear);
  return () => api.runtime.onMessage.removeListener(hear);
}

function isReply<N extends MessageName>(reply: unknown): reply is Reply<N> {
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return false;
  return reply.ok === true ? 'value' in reply : 'problem' in reply;
}

function isStateChanged(message: unknown): message is StateChanged {
  return (
    typeof message === 'object' && message !== null && 'name' in message && message.name === 'stateChanged'
  );
}

function workerSilent(cause?: unknown): ProblemError {
  return new ProblemError(
    'message_unknown',
    told({ detail: say('ui_silent_detail'), action: say('ui_silent_action') }),
    { cause },
  );
}
