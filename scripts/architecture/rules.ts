/** Who may import whom. The reason is what a broken rule says. */
import type { IForbiddenRuleType } from 'dependency-cruiser';

/** What each part of `src/` may import of the others. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  contract: ['locales'],
  locales: ['contract'],
  ui: ['contract', 'locales'],
  background: ['contract', 'locales', 'ui'],
  content: ['contract', 'locales', 'ui'],
  popup: ['contract', 'locales', 'ui'],
  dashboard: ['contract', 'locales', 'ui'],
  proxy: ['contract', 'locales'],
};
/** A server that drains does a worker's work, and takes that much of the worker. */
const DRAINING = '^src/proxy/(drainer|drain-queue)\\.ts$';
const IN_A_BROWSER = 'background|content|popup|dashboard|ui';

const npm = (names: string) => `(^|/)node_modules/(@types/)?(${names})/`;
const error = { severity: 'error' } as const;

const layers = Object.entries(MAY_IMPORT).map(
  ([part, others]): IForbiddenRuleType => ({
    ...error,
    name: `src/${part}`,
    comment: `src/${part} may import ${others.map((other) => `src/${other}`).join(', ')} and no other part.`,
    from: { path: `^src/${part}/`, ...(part === 'proxy' && { pathNot: DRAINING }) },
    to: {
      path: '^src/',
      // The worker calls the proxy through Hono's client, which needs the type of its routes.
      pathNot: `^src/(${[part, ...others].join('|')})/${part === 'background' ? '|^src/proxy/app\\.ts$' : ''}`,
    },
  }),
);

export const RULES: readonly IForbiddenRuleType[] = [
  ...layers,
  {
    ...error,
    name: 'src/background takes only types from src/proxy',
    comment: 'Code of the proxy does not run in a browser.',
    from: { path: '^src/background/' },
    to: { path: '^src/proxy/', dependencyTypesNot: ['type-only'] },
  },
  {
    ...error,
    name: 'a server drains with the worker’s own code',
    comment:
      'That is background/drain.ts, and how it speaks to the proxy and names its states. No browser is there.',
    from: { path: DRAINING },
    to: {
      path: '^src/',
      pathNot: '^src/(proxy|contract|locales)/|^src/background/(drain|queue-row|proxy-client)\\.ts$',
    },
  },
  {
    ...error,
    name: 'the product stands alone',
    comment: 'Nothing in src/ needs the sandbox, the tests or the scripts.',
    from: { path: '^src/' },
    to: { path: '^(sandbox|test|scripts|bench)/' },
  },
  {
    ...error,
    name: 'the sandbox is no test',
    comment: 'The simulators run by themselves.',
    from: { path: '^sandbox/' },
    to: { path: '^(test|scripts|bench)/' },
  },
  {
    ...error,
    name: 'the simulators are not the product',
    comment: 'They would repeat its mistakes. Only the year writes a ledger as the proxy does.',
    from: { path: '^sandbox/', pathNot: '^sandbox/year/' },
    to: { path: '^src/', pathNot: '^src/contract/' },
  },
  {
    ...error,
    name: 'the verdict shares no code with the product',
    comment: 'What judges the simulation must not be fooled by the same mistake.',
    from: { path: '^test/faults/simulation/verdict\\.ts$' },
    to: { path: '^src/', dependencyTypesNot: ['type-only'] },
  },
  {
    ...error,
    name: 'no Node in a browser',
    comment: 'What both sides agree on, and all that runs in a browser, keeps to what browsers have.',
    from: { path: `^src/(contract|locales|${IN_A_BROWSER})/` },
    to: { dependencyTypes: ['core'] },
  },
  {
    ...error,
    name: 'the contract needs only valibot',
    comment: 'No browser, no server, no network.',
    from: { path: '^src/(contract|locales)/' },
    to: { path: npm('.*'), pathNot: npm('valibot') },
  },
  {
    ...error,
    name: 'no page parts in the proxy',
    comment: 'The proxy shows nothing.',
    from: { path: '^src/proxy/' },
    to: { path: npm('preact|@preact/.*|idb|webextension-polyfill') },
  },
  {
    ...error,
    name: 'one file knows the database',
    comment:
      'src/proxy/database-dialects.ts, and commands/backup.ts, which copies SQLite’s file. Everybody else speaks Kysely.',
    from: { path: '^(src|sandbox)/', pathNot: '^src/proxy/(database-dialects|commands/backup)\\.ts$' },
    to: { path: npm('pg|better-sqlite3'), dependencyTypesNot: ['type-only'] },
  },
  {
    ...error,
    name: 'one way to Stripe',
    comment: 'Files named stripe-*, and connections.ts, which builds the access.',
    from: { path: '^src/', pathNot: '^src/proxy/(stripe-[a-z-]+|connections)\\.ts$' },
    to: { path: npm('stripe') },
  },
  {
    ...error,
    name: 'judging is pure',
    comment: 'What decides about money reads no database and asks nobody.',
    from: { path: '^src/proxy/(judge|caps)\\.ts$' },
    to: {
      path: '^src/proxy/(database|stripe-|advocate\\.ts|ledger|connections|parts)|node_modules/(kysely|stripe)/',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    ...error,
    name: 'no circles',
    comment: 'Files that need each other are one file, or three.',
    from: { path: '^(src|sandbox|scripts)/' },
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    ...error,
    name: 'every import leads somewhere',
    comment: 'The file or package is not there.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    ...error,
    name: 'the product needs no tools',
    comment: 'src/ imports what package.json lists under dependencies.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
];
