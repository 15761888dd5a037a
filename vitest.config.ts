import { defineConfig } from 'vitest/config';

/** Tests that start servers or a browser share two cores with them. */
const seconds = (n: number) => n * 1000;

/** In the order in which they run: the quick ones first, so that a mistake shows early. */
export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      project('unit', { groupOrder: 1 }),
      project('sandbox', { groupOrder: 2, timeout: seconds(15) }),
      project('proxy', { groupOrder: 3, timeout: seconds(30) }),
      project('conformance', { groupOrder: 4, timeout: seconds(60) }),
      // One browser at a time: two would slow each other past their time-outs.
      project('browser', { groupOrder: 5, timeout: seconds(120), serial: true }),
    ],
  },
});

function project(name: string, options: { groupOrder: number; timeout?: number; serial?: boolean }) {
  const timeout = options.timeout ?? seconds(5);
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.{ts,tsx}`],
      testTimeout: timeout,
      hookTimeout: timeout,
      fileParallelism: !options.serial,
      sequence: { groupOrder: options.groupOrder },
    },
  };
}
