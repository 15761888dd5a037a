/** Bad messages by the thousand change nothing and find nothing; and they do find what is wrong, where something is. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzzWorker } from '../fuzz/fuzz-worker.ts';
import { SELF } from '../fuzz/messages.ts';
import { startWorker, type WorkerTarget } from '../fuzz/worker.ts';

let target: WorkerTarget;
beforeAll(async () => {
  target = await startWorker();
});
afterAll(() => target.close());

const PAGE = { ...SELF, url: `${SELF.origin}/popup.html` };
const run = (say: WorkerTarget['say'], messages = 500) =>
  fuzzWorker({ ...target, say }, { messages, seed: 5 });
const refused = (detail: string) =>
  ({
    ok: false,
    problem: { type: 'about:blank', code: 'message_unknown', title: 'x', status: 400, detail },
  }) as const;

test('nothing is found: every message is refused, nothing changed, no token told', async () => {
  const { findings, messages, replies } = await run(target.say, 1_000);
  expect(findings).toEqual([]);
  expect(messages).toBe(1_000);
  for (const code of ['sender_refused', 'message_unknown', 'not_found'])
    expect(replies[code]).toBeGreaterThan(20);
});

test.each<[string, string, WorkerTarget['say']]>([
  ['told a secret', 'tells its token', async () => refused(target.secrets[0] ?? '')],
  ['told of its insides', 'shows a stack', async () => refused(new TypeError('x').stack ?? '')],
  ['accepted', 'does as it is told', async () => ({ ok: true, value: { quiet: null } })],
  ['crashed', 'throws', () => Promise.reject(new Error('x'))],
  [
    'failed',
    'blames itself',
    async () => ({ ok: false, problem: { type: 'about:blank', code: 'internal', title: 'x', status: 500 } }),
  ],
])('“%s” is found where a worker %s', async (kind, _, say) => {
  const { findings } = await run(say);
  expect(findings.map((one) => one.kind)).toContain(kind);
});

test('“changed something” is found where a bad message has an effect', async () => {
  let turn = false;
  const { findings } = await run(async (message, sender) => {
    turn = !turn;
    await target.say({ name: 'chooseMode', request: { mode: turn ? 'live' : 'test' } }, PAGE);
    return target.say(message, sender);
  }, 250);
  expect(findings.map((one) => one.kind)).toContain('changed something');
});
