/** What keeps strangers, copies of tokens and pages out. */
import { type Guard, guardsIn } from './guards.ts';

const TOKENS = 'test/proxy/tokens.test.ts';
const GUESSES = 'test/proxy/guessing-codes.test.ts';
const HOSTILE = 'test/proxy/hostile-upstream.test.ts';
const UPGRADES = 'test/proxy/upgrades.test.ts';
const STRANGERS = 'test/proxy/strangers.test.ts';

export const SECURITY = (): Guard[] => [
  ...guardsIn('src/proxy/tokens.ts', [
    ['tokens end', 'if (found.until <= now)', 'if (false)', TOKENS],
    [
      'a copied token is found out',
      'found.replaced_at === null || now - found.replaced_at < HONEST_MS',
      'true',
      TOKENS,
    ],
    [
      'a deed that began with the old token is no theft',
      ' || now - found.replaced_at < HONEST_MS',
      '',
      TOKENS,
    ],
    [
      'the old token ends after the new one was used',
      'await replaceOthers(db, id, presented)',
      'undefined',
      TOKENS,
    ],
  ]),
  ...guardsIn('src/proxy/guarded.ts', [
    ['web pages are refused', '!isExtension(origin)', 'false', STRANGERS],
    ['only extensions may read', '(isExtension(origin) ? origin : null)', 'origin', STRANGERS],
    ['no name stands in an address', '@/i.test(c.req.url)', '@/i.test("")', UPGRADES],
  ]),
  ...guardsIn('src/proxy/routes/common.ts', [
    [
      'no text holds a character of code 0',
      'if (holdsNul(result.data))',
      'if (false)',
      'test/proxy/nul.test.ts',
    ],
  ]),
  ...guardsIn('src/proxy/routes/hints.ts', [
    ['a WebSocket needs its connection', ' || !wasHandedOver(c.env)', '', UPGRADES],
  ]),
  ...guardsIn('src/proxy/upgrades.ts', [
    ['no other protocol is waited for', "headers.upgrade?.toLowerCase() === 'websocket' &&", '', UPGRADES],
    ['an upgrade has an address that can be read', 'URL.canParse(', 'Boolean(', UPGRADES],
  ]),
  ...guardsIn('src/proxy/pairing.ts', [
    [
      'many guesses at once are counted one after the other',
      'await refuseWhoGuesses(tx, address);',
      'undefined;',
      GUESSES,
    ],
    ['wrong codes are written down', 'await noteWrongCode(tx, address);', 'undefined;', GUESSES],
  ]),
  ...guardsIn('src/proxy/wrong-codes.ts', [
    ['a stranger’s wrong codes are the stranger’s', ".where('address', '=', address)", '', GUESSES],
    ['where very many guess, each waits', 'if (await areMany(db)) await sleep(SLOW_MS);', '', GUESSES],
    ['no more guess at once than the proxy can bear', 'if (inside >= MOST_AT_ONCE)', 'if (false)', GUESSES],
  ]),
  ...guardsIn('src/proxy/read-limited.ts', [
    ['answers are read no further than allowed', 'if (read > most)', 'if (false)', HOSTILE],
  ]),
  ...guardsIn('src/proxy/http-problems.ts', [
    ['no secret leaves in a refusal', 'strikeSecrets(JSON.stringify(body))', 'JSON.stringify(body)', HOSTILE],
  ]),
  ...guardsIn('src/proxy/client-address.ts', [
    ['no address is to be had by writing one', 'forwarded.at(-trustedProxies)', 'forwarded[0]', GUESSES],
    ['no header is believed unasked', 'trustedProxies === 0 ? undefined', 'false ? undefined', GUESSES],
    ['one client has one IPv6 network', '.slice(0, GROUPS_OF_ONE)', '', 'test/unit/client-address.test.ts'],
  ]),
  ...guardsIn('src/proxy/routes/hints.ts', [
    [
      'who listens is asked about by itself, not by its token',
      'parts.pairing.find(browser.id)',
      "parts.pairing.browserOf(tokenIn(c.req.header('sec-websocket-protocol')) ?? '').then((known) => known?.browser ?? null)",
      'test/proxy/hints-token.test.ts',
    ],
  ]),
  ...guardsIn('src/proxy/server.ts', [
    ['slow clients are put off', '...patience, ', '', STRANGERS],
    ['nothing but hints becomes a WebSocket', ', shouldUpgradeCallback: mayUpgrade', '', UPGRADES],
  ]),
  ...guardsIn('src/background/pairing.ts', [
    [
      'a newer pairing is kept',
      'if (now?.token === token) await',
      'if (now) await',
      'test/unit/background-token.test.ts',
    ],
  ]),
];
