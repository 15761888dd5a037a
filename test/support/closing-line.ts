import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** Closes a run with the plain line `N passed, N failed`, after anything else that is printed. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state] += 1;
      }
      // A file that does not load, or a hook that fails, has no failed test of its own.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    const line = `${counts.passed} passed, ${counts.failed} failed`;
    process.once('exit', () => console.log(counts.skipped > 0 ? `${line}, ${counts.skipped} skipped` : line));
  }
}
