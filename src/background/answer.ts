/** From a message to its reply: who asks, what is asked, then the handler. Unknown means no. */
import * as v from 'valibot';
import { type Answers, MESSAGES, type MessageName, type Reply } from '../contract/messages.ts';
import { ProblemError } from '../contract/problems.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { problemOf } from './runs.ts';
import { type Self, type Sender, speakerOf } from './senders.ts';

export type Handlers = {
  [N in MessageName]: (
    request: v.InferOutput<(typeof MESSAGES)[N]['request']>,
    mode: Mode | undefined,
  ) => Promise<Answers[N]>;
};

const Envelope = v.strictObject({
  name: v.string(),
  request: v.unknown(),
  mode: v.optional(v.picklist(MODES)),
});
const isName = (name: string): name is MessageName => Object.hasOwn(MESSAGES, name);

export async function answer(
  message: unknown,
  sender: Sender,
  self: Self,
  handlers: Handlers,
): Promise<Reply> {
  try {
    const speaker = speakerOf(sender, self);
    if (speaker === null) throw new ProblemError('sender_refused');
    const envelope = v.safeParse(Envelope, message);
    if (!envelope.success || !isName(envelope.output.name)) throw new ProblemError('message_unknown');
    const { name, request, mode } = envelope.output;
    if (speaker === 'content' && !MESSAGES[name].content) throw new ProblemError('sender_refused');
    return { ok: true, value: await handle(name, request, mode, handlers) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

async function handle<N extends MessageName>(
  name: N,
  request: unknown,
  mode: Mode | undefined,
  handlers: Handlers,
): Promise<Answers[N]> {
  const schema: (typeof MESSAGES)[N]['request'] = MESSAGES[name].request;
  const parsed = v.safeParse(schema, request);
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]);
    throw new ProblemError('message_unknown', {
      detail: where ? `${where} is not as agreed.` : 'It is not as agreed.',
    });
  }
  return handlers[name](parsed.output, mode);
}
