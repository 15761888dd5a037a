import { test } from 'vitest';

/** Stands for the whole suite where there is no PostgreSQL to run it on, so that its absence is counted and seen. */
test('the proxy on PostgreSQL', ({ skip }) =>
  skip('nothing was tried on PostgreSQL: initdb and postgres are not installed here'));
