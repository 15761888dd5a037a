import { defineConfig } from 'vitest/config';

/**
 * The tests that hold money, queue and ledger by themselves, for `npm run mutation`. A mutant is tried against all of
 * them that reach it, some hundred times over: so those that take milliseconds, and none that draws lots.
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
