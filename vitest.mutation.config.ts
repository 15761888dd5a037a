import { defineConfig } from 'vitest/config';

/**
 * The tests that hold money, queue and ledger by themselves, for `npm run mutation`: a mutant is tried against all of them
 * that reach it, so they take milliseconds. What plays whole lives of a queue takes seconds, and is left out.
 */
export default defineConfig({
  test: {
    include: ['test/unit/{money,moves,queue*}.test.ts', 'test/proxy/ledger-steps.test.ts'],
    exclude: ['test/unit/queue-moves.test.ts'],
    setupFiles: ['test/support/speak-english.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
