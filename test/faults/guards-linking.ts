/** The guards that keep links right: who is sure, who was first, and that nobody is skipped. */
import { type Guard, guardsIn } from './guards.ts';

const MATCHES = 'test/proxy/linking-matches.test.ts';
const MANY = 'test/proxy/linking-many.test.ts';
const TURNS = 'test/proxy/linking-turns.test.ts';
const FOUND = 'test/proxy/found-and-linked.test.ts';
const UNLINKED = 'test/proxy/linking-unlinked.test.ts';

export const LINKING = (): Guard[] => [
  ...guardsIn('src/proxy/change-link.ts', [
    [
      'whoever has not the turn does not begin',
      "if (waited >= WAIT_MS) throw busy('They are not through yet.');",
      'if (waited >= WAIT_MS) break;',
      TURNS,
      'died while',
    ],
    [
      'a turn ends',
      ".where('link_turns.until', '<', clockOf(db))",
      ".where('link_turns.until', '<', 0)",
      TURNS,
      'died while',
    ],
    [
      'another proxy is waited for',
      'const WAIT_MS = 5_000;',
      'const WAIT_MS = 0;',
      TURNS,
      'through two proxies',
    ],
    ['whoever lost the turn writes nothing', '  await stillMine();\n', '', TURNS, 'so slow'],
    [
      'a turn begins again before the write',
      '.set({ until: until() })',
      '.set({ held_by: by })',
      TURNS,
      'last moment',
    ],
    [
      'an answer that was long under way is no turn',
      ' || Math.abs(now() - asked) > TURN_MS / 2',
      '',
      TURNS,
      'stood still',
    ],
    [
      'no update without a change',
      'if (customer === previous) {',
      "if (customer === '') {",
      MANY,
      'as it is',
    ],
    [
      'in one proxy people wait for each other',
      'return oneAtATime(',
      'return ((_: string, work: () => Promise<T>) => work())(',
      TURNS,
      'two people in one proxy',
    ],
    ['a customer is looked up before it is linked', '    await lookUp(customer);\n', '', MANY, 'refused'],
    [
      'a write without an answer is looked for',
      'if (!isUnanswered(error)) throw error;',
      'throw error;',
      MANY,
      'is lost',
    ],
    [
      'what Advocate took stands in the history',
      'await remember();\n    throw new',
      'throw new',
      MANY,
      'not be read back',
    ],
  ]),
  ...guardsIn('src/proxy/link-many.ts', [
    [
      'what stands is not written again',
      'if (current === customer) {',
      'if (current === 0) {',
      MANY,
      'alone',
    ],
    ['nobody listens: nothing is begun', 'if (stopped()) return;', '', MANY, 'nobody listens'],
    ['a contradiction is no wish', 'size > 1 ? [name] : []', 'size > 9 ? [name] : []', MANY, 'gets neither'],
    ['four at once', 'const AT_ONCE = 4;', 'const AT_ONCE = 40;', MANY, 'four at once'],
    [
      'a dry run sees the account',
      'if (other !== null) return refused(context, wish, current, otherCustomer(other));',
      '',
      MANY,
      'dry run',
    ],
    [
      'a dry run remembers what it foresaw',
      '  participant.customFields = { ...participant.customFields, [LINK_FIELD]: customer };\n',
      '',
      MANY,
      'dry run',
    ],
  ]),
  ...guardsIn('src/proxy/matches.ts', [
    [
      'a tie is never sure',
      'if (one === undefined || more.length > 0) return null;',
      'if (one === undefined) return null;',
      MATCHES,
      'never sure',
    ],
    [
      'a warning leaves a doubt',
      "if (one.warnings.some((warning) => warning !== 'currency_unset')) return null;",
      '',
      MATCHES,
      'never sure',
    ],
    [
      'another spelling elsewhere leaves a doubt',
      "if (candidates.some(({ id, evidence }) => id !== one.id && evidence.includes('email_case'))) return null;",
      '',
      MATCHES,
      'never sure',
    ],
    [
      'made for somebody else',
      "isFor('accountId', participant.accountId) && isFor('userId', participant.id) ? one.id : null",
      'isFor ? one.id : null',
      MATCHES,
      'never sure',
    ],
    ['unseen spellings leave a doubt', 'searched && !shared', '!shared', MATCHES, 'does not offer search'],
    ['two participants with one e-mail', 'searched && !shared', 'searched', MATCHES, 'make a tie'],
    ['the account’s customer', '[...linked, ...(misspelt', '[...(misspelt', MATCHES, 'only sure of that'],
    ['the misspelt customer', '(misspelt === undefined ? [] : [misspelt])', '[]', MATCHES, 'misspelt'],
  ]),
  ...guardsIn('src/proxy/candidates.ts', [
    [
      'the customer’s currency',
      'sought.currencies.size > 0 && !sought',
      'sought.currencies.size < 0 && !sought',
      MATCHES,
      'currency',
    ],
    [
      'an empty e-mail is none',
      'participant?.email?.trim() || null',
      'participant?.email ?? null',
      MATCHES,
      'without an e-mail',
    ],
    [
      'a name is words',
      'words.every((word) => theirs.has(word))',
      '(customer.name ?? "").toLowerCase().includes(name.toLowerCase())',
      MATCHES,
      'word for word',
    ],
    [
      'a provider is no company',
      "domain === '' || FREE_MAIL.has(domain)",
      "domain === ''",
      MATCHES,
      'company',
    ],
  ]),
  ...guardsIn('src/proxy/customers.ts', [
    ['a question stays a question', "text.replace(/[\\\\\"]/g, '\\\\$&')", 'text', FOUND, 'quotes'],
    [
      'nobody found is not nobody looked for',
      'return stripe.searchCustomers(nameClause(q));',
      'return (await searchWhereOffered(stripe, nameClause(q))) ?? [];',
      FOUND,
      'nobody was looked for',
    ],
    [
      'whoever was made for them is always offered',
      '...(participant === null ? []',
      '...(participant !== undefined ? []',
      FOUND,
      'none is chosen',
    ],
  ]),
  ...guardsIn('src/proxy/create-customer.ts', [
    [
      'an e-mail is taken in any spelling',
      'customer.email?.toLowerCase() === email?.toLowerCase()',
      'customer.email === email',
      FOUND,
      'that is taken',
    ],
    ['what was made is found', 'if (ours !== undefined) return ours;', '', FOUND, 'a day later'],
    [
      'people who create take turns',
      'return inTurn(context, key.accountId, async () => {',
      'return ((_: unknown, __: string, work: () => Promise<CustomerView>) => work())(context, key.accountId, async () => {',
      FOUND,
      'create at once',
    ],
    [
      'a lost answer is asked for again',
      "error.failure === 'unknown' && !error.replayed",
      "error.failure === 'key_reused'",
      FOUND,
      'answer is lost',
    ],
    ['before another key there is a look', '(await look()) ?? ', '', FOUND, 'saved failure'],
  ]),
  ...guardsIn('src/proxy/unlinked.ts', [
    ['what the ledger has is not waiting', 'rows.has(reward.id) ? [] : ', '', UNLINKED, 'ledger'],
    [
      'only what a link sets free',
      "if (verdict.reason !== 'not_linked' && verdict.reason !== 'field_name_differs') return [];",
      '',
      UNLINKED,
      'does not wait',
    ],
    [
      'the last moment is read again',
      'next: { from: last, within: null } };',
      'next: { from: last + 1, within: null } };',
      UNLINKED,
      'found',
    ],
    [
      'one crowded moment is read to its end',
      'if (before.length === 0) return readPage(advocate, units, { from: last, within: 0 });',
      '',
      UNLINKED,
      'millisecond',
    ],
  ]),
  ...guardsIn('src/proxy/judge.ts', [
    ['only a customer id is offered for repair', ' && isCustomerId(customer);', ';', UNLINKED, 'almost'],
    ['two misspelt fields are a tie', 'values.size === 1 && ', '', UNLINKED, 'almost'],
  ]),
  ...guardsIn('src/proxy/links-page.ts', [
    [
      'the place is found again',
      'const at = lastOf(page.rows, marks);',
      'const at = marks.length - 1;',
      UNLINKED,
      'deleted',
    ],
    [
      'no place is guessed',
      'const last = Math.max(...places);',
      'const last = Math.max(0, ...places);',
      UNLINKED,
      'guessed',
    ],
  ]),
  ...guardsIn('src/proxy/place.ts', [
    ['a place belongs to its list', 'basis: v.literal(basis)', 'basis: v.string()', UNLINKED, 'nowhere'],
  ]),
  ...guardsIn('src/proxy/stripe-customers.ts', [
    [
      'a permission that is missing stops nobody',
      "if (!(error instanceof StripeFailureError && error.failure === 'permission_missing')) throw error;\n      const found",
      'if (error !== null) throw error;\n      const found',
      MATCHES,
      'may not read',
    ],
  ]),
];
