import { test } from 'vitest';

test.skip('SKIPPED: nothing was tried on PostgreSQL, because it is not installed here (initdb and postgres)', () => {});
