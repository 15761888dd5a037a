/** What keeps strangers, copies of tokens and pages out. */
import { type Guard, guardsIn } from './guards.ts';

const TOKENS = 'test/proxy/tokens.test.ts';
const UPGRADES = 'test/proxy/upgrades.test.ts';
const STRANGERS = 'test/proxy/strangers.test.ts';

export const SECURITY = (): Guard[] => [
  ...guardsIn('src/proxy/tokens.ts', [
    ['tokens end', 'if (found.until <= now)', 'if (false)', TOKENS],
    [
      'a copied token is found out',
      "found.replaced_at === null ? { state: 'ended' }",
      "true ? { state: 'ended' }",
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
