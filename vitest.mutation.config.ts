import { defineConfig } from 'vitest/config';

/** The tests that money, queue and ledger are held by, for `npm run mutation`: in one process, on SQLite. */
export default defineConfig({
  test: {
    include: ['test/unit/{money,moves,queue*,drain,background}.test.ts', 'test/proxy/*.test.ts'],
    // Real processes, and a second database.
    exclude: ['test/proxy/{killed,two-proxies}.test.ts'],
    setupFiles: ['test/support/speak-english.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
