/** What keeps strangers, copies of tokens and pages out. */
import { type Guard, guardsIn } from './guards.ts';

const TOKENS = 'test/proxy/tokens.test.ts';
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
  ]),
  ...guardsIn('src/proxy/server.ts', [
    ['slow clients are put off', 'serverOptions: patience,', '', STRANGERS],
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
