/** Guards of what others tell by themselves: webhooks, hints, and who may listen. */
import { guardsIn } from './guards.ts';

const ADVOCATE = 'test/proxy/webhooks-advocate.test.ts';
const STRIPE = 'test/proxy/webhooks-stripe.test.ts';
const HINTS = 'test/proxy/hints.test.ts';
const SOCKETS = 'test/unit/hint-sockets.test.ts';
const WORKER = 'test/unit/background-hints.test.ts';

export const PUSH = () => [
  ...guardsIn('src/proxy/advocate-signature.ts', [
    ['advocate webhook: the signature', 'await verify(jws, keys);', 'void [jws, keys];', ADVOCATE],
    [
      'advocate webhook: keys that cannot be had refuse nothing for good',
      'if (isAboutKeys(error))',
      'if (isAboutKeys(error) && base === "")',
      ADVOCATE,
    ],
    [
      'advocate webhook: detached, so that the bytes that came are the bytes that count',
      "payload !== '' || ",
      '',
      ADVOCATE,
    ],
  ]),
  ...guardsIn('src/proxy/advocate-webhook.ts', [
    [
      'advocate webhook: nothing is read before it is known whose it is',
      'await checkSignature(body, signature);',
      'void [checkSignature, signature];',
      ADVOCATE,
    ],
    [
      'advocate webhook: of our tenants only',
      'environment.advocate[one]?.tenant === event.tenantAlias',
      'environment.advocate[one] !== null',
      ADVOCATE,
    ],
    ['advocate webhook: not too old', 'age > OLDEST_MS || ', '', ADVOCATE],
    ['advocate webhook: not of the future', 'age < -EARLIEST_MS', 'age === 0.5', ADVOCATE],
    ['advocate webhook: only what can mean money', '!TELLING.has(event.type) || ', '', ADVOCATE],
    [
      'advocate webhook: only our units',
      'return units.includes(read.output.unit);',
      'return true;',
      ADVOCATE,
    ],
  ]),
  ...guardsIn('src/proxy/hints.ts', [
    [
      'webhook: the same one has an effect once',
      'if (await wasHeard(tx, webhook)) return false;',
      '',
      STRIPE,
    ],
    ['webhook: hint and mark are one commit', 'await also(tx);', '', [ADVOCATE, STRIPE]],
  ]),
  ...guardsIn('src/proxy/stripe-webhook.ts', [
    [
      'stripe webhook: of the connected account only',
      'return account !== null && row?.account === account;',
      'return row !== undefined;',
      STRIPE,
    ],
    [
      'stripe webhook: with a key of one’s own no other account counts',
      'return account === null;',
      'return true;',
      STRIPE,
    ],
    [
      'stripe webhook: our own credits are no news',
      'changed.length === 0 || changed.some((name) => !BALANCES.has(name))',
      'BALANCES.size > changed.length - 99',
      STRIPE,
    ],
    [
      'stripe webhook: only customers that somebody is linked to',
      'if (!(await concerns(db, mode, customer.output))) return null;',
      '',
      STRIPE,
    ],
  ]),
  ...guardsIn('src/proxy/recheck-customer.ts', [
    ['recheck: the rewards come into the next page', '.set({ seq })', '.set({ mode })', STRIPE],
    ['recheck: what was found out before is not said any more', '.set({ at: 0 })', '.set({ mode })', STRIPE],
  ]),
  ...guardsIn('src/proxy/routes/hints.ts', [
    [
      'hints: only with a token',
      "if (known === null) throw new ProblemError('unauthorized');",
      'if (known === null) return next();',
      HINTS,
    ],
    ['hints: no page of the web', "throw new ProblemError('forbidden');", '{}', HINTS],
    ['hints: exactly one token', 'tokens.length === 1 && ', '', HINTS],
    ['hints: in the agreed protocol', 'if (!protocols.includes(HINTS_PROTOCOL)) return null;', '', HINTS],
  ]),
  ...guardsIn('src/proxy/hint-service.ts', [
    ['hints: the token is not sent back', '() => HINTS_PROTOCOL', '(all) => [...all].at(-1) ?? false', HINTS],
    ['hints: small messages only', 'maxPayload: LARGEST_MESSAGE,', '', HINTS],
  ]),
  ...guardsIn('src/proxy/hint-sockets.ts', [
    [
      'hints: who does not read is cut',
      'listener.socket.bufferedAmount > MOST_UNREAD',
      'listener.sent.size < 0',
      SOCKETS,
    ],
    ['hints: who is dead is cut', 'if (!listener.answered) {', 'if (listener.waiting.size < 0) {', SOCKETS],
    [
      'hints: who was removed is shown out',
      'if (who === null) {',
      'if (who === null && listener.waiting.size < 0) {',
      SOCKETS,
    ],
    ['hints: so many browsers', 'closed || listeners.size >= most', 'most < 0', SOCKETS],
    ['hints: so many connections of one browser', 'own.length - SOCKETS_OF_ONE_BROWSER + 1', '0', SOCKETS],
    ['hints: many become few', 'if (listener.waiting.has(name)) return;', '', SOCKETS],
    ['hints: to whoever drains', "hint.kind === 'connection' || isRight", 'true', HINTS],
    [
      'hints: nothing is to be said there',
      "socket.on('message', () => showOut(listener, NOT_ALLOWED, 'nothing is to be said here'));",
      '',
      HINTS,
    ],
  ]),
  ...guardsIn('src/background/hints.ts', [
    ['listening: only what is set up and on', '&& !settings.paused', '', WORKER],
    ['listening: no loop of tries', 'if (waited >= AGAIN_MS) await', 'await', WORKER],
    ['listening: only what is agreed', '|| !v.safeParse(Hint, parse(data)).success', '', WORKER],
    ['listening: a former connection says nothing', 'current === mine && event', 'event', WORKER],
  ]),
  ...guardsIn('src/background/pairing.ts', [
    [
      'listening: only where the browser may reach',
      'await mayReach(now.proxy);\n      return open',
      'return open',
      WORKER,
    ],
  ]),
];
