import { expect, test } from 'vitest';
import { type Environment, readEnvironment, secretsOf } from '../../src/proxy/environment.ts';

const read = (databaseUrl?: string): Environment =>
  readEnvironment({
    ADVOCATE_TENANT_TEST: 'acme',
    ADVOCATE_API_KEY_TEST: 'key',
    DATABASE_URL: databaseUrl,
  });

test('the ledger is a file unless something else is named', () => {
  expect(read().databaseUrl).toBe('file:ledger.db');
});

test.for([
  'file:/var/lib/credits/ledger.db',
  'postgres://user:hush-hush@db.example.com:5432/credits?sslmode=verify-full',
  'postgresql://user:hush-hush@db.example.com/credits',
  'postgres:///credits?host=/var/run/postgresql&user=credits',
])('%s is a database', (url) => {
  expect(read(url).databaseUrl).toBe(url);
});

test.for([
  'mysql://user:hush-hush@db.example.com/credits',
  'postgres://user:hush-hush@db.example.com',
  'postgres://user:hush-hush@db.example.com/',
  'postgres://user:hush-hush@not a host/credits',
  'ledger.db',
  'file:',
])('%s is refused with a sentence that does not repeat it', (url) => {
  expect(() => read(url)).toThrow(/^DATABASE_URL must name a SQLite file, .* or a PostgreSQL database/);
  expect(() => read(url)).not.toThrow(/hush-hush/);
});

test('the password is a secret, as it is written and as it is meant', () => {
  expect(secretsOf(read('postgres://user:a%40b%2Fc@host/credits'))).toEqual(
    expect.arrayContaining(['a%40b%2Fc', 'a@b/c']),
  );
  expect(secretsOf(read('postgres://host/credits?user=u&password=hush-hush'))).toContain('hush-hush');
  // An empty one would be struck out everywhere.
  expect(secretsOf(read('postgres://user@host/credits'))).not.toContain('');
});
