import { defineConfig } from 'vitest/config';
import { findPostgres } from './test/support/postgres.ts';

/** Tests that start servers or a browser share two cores with them. */
const seconds = (n: number) => n * 1000;

const ON_POSTGRES_ONLY = [
  'test/proxy/two-proxies.test.ts',
  'test/proxy/hints-across.test.ts',
  'test/proxy/cut-connections.test.ts',
  'test/proxy/crowd.test.ts',
  'test/proxy/backup-postgres.test.ts',
];
/** Real processes on a real file, killed. */
const ON_SQLITE_ONLY = [
  'test/proxy/killed.test.ts',
  'test/proxy/stopping.test.ts',
  'test/proxy/drain-process.test.ts',
  'test/proxy/backup.test.ts',
  'test/proxy/fuzz.test.ts',
];

/** In the order in which they run: the quick ones first, so that a mistake shows early. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    coverage: {
      include: ['src/**/*.{ts,tsx}'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'reports/coverage',
    },
    projects: [
      project('unit', { groupOrder: 1, timeout: seconds(20) }),
      project('sandbox', { groupOrder: 2, timeout: seconds(15) }),
      project('proxy', { groupOrder: 3, timeout: seconds(30), exclude: ON_POSTGRES_ONLY }),
      proxyOnPostgres(),
      project('faults', { groupOrder: 4, timeout: seconds(60) }),
      project('conformance', { groupOrder: 5, timeout: seconds(60) }),
      // One browser at a time: two would slow each other past their time-outs.
      project('browser', { groupOrder: 6, timeout: seconds(120), serial: true }),
    ],
  },
});

/** The proxy's promises once more, on PostgreSQL; where it is not installed, one skipped test says so. */
function proxyOnPostgres() {
  const { test } = project('proxy', { groupOrder: 3, timeout: seconds(30), exclude: ON_SQLITE_ONLY });
  const common = { ...test, name: 'proxy-postgres' };
  if (findPostgres() === null)
    return { test: { ...common, include: ['test/support/without-postgres.test.ts'] } };
  return { test: { ...common, globalSetup: ['test/support/postgres-setup.ts'] } };
}

type Options = { groupOrder: number; timeout?: number; serial?: boolean; exclude?: string[] };

function project(name: string, options: Options) {
  const timeout = options.timeout ?? seconds(5);
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.{ts,tsx}`],
      exclude: options.exclude ?? [],
      testTimeout: timeout,
      hookTimeout: timeout,
      fileParallelism: !options.serial,
      setupFiles: ['test/support/speak-english.ts'],
      sequence: { groupOrder: options.groupOrder },
    },
  };
}
