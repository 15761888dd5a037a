import type { MessageName, Reply, Request } from '../contract/messages.ts';
import type { ParticipantView } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { say, sayCount } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import { nameOf } from '../ui/link/link-words.ts';
import type { AskIn, AskMaybe } from './ask.ts';

export const otherMode = (mode: Mode | null): Mode => (mode === 'live' ? 'test' : 'live');

/** What an unsure page is asked about, in as few words as a quiet button has room for. */
export function question(participants: ParticipantView[]): string {
  const [only, ...others] = participants;
  return only && others.length === 0
    ? say('card_is_this', { name: nameOf(only) })
    : sayCount('card_which', participants.length);
}

/** Refusals come back as values, and so does silence. */
export function answered(ask: AskMaybe): AskIn {
  // Said beforehand: an extension that is gone has no words any more.
  const words = told({
    title: say('card_silent'),
    detail: say('card_silent_why'),
    action: say('card_silent_action'),
  });
  return async <N extends MessageName>(name: N, request: Request<N>, mode?: Mode): Promise<Reply<N>> => {
    const reply = await ask(name, request, mode);
    if (reply) return reply;
    return {
      ok: false,
      problem: { type: 'about:blank', code: 'internal', status: 500, title: '', ...words },
    };
  };
}
