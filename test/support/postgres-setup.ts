/** Starts PostgreSQL once for all tests of a project. */
import type { TestProject } from 'vitest/node';
import { findPostgres, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's address; absent where the tests run on SQLite. */
    postgres?: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const bin = findPostgres();
  if (bin === null) return undefined;
  const server = await startPostgres(bin);
  project.provide('postgres', server.url);
  return server.stop;
}
