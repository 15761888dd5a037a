import { inject } from 'vitest';
import { freshDatabase } from './postgres.ts';

/** In memory, or on the PostgreSQL server that this project of the tests has started. */
export async function databaseOfTest(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = inject('postgres');
  return server === undefined ? { url: 'file::memory:', drop: async () => undefined } : freshDatabase(server);
}
