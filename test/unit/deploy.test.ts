/** What is handed to operators names only what exists. No container engine is started here. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../../src/proxy/environment.ts';
import { LONGEST_STOP_MS, MOST_AT_ONCE } from '../../src/proxy/work.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), 'utf8');
const pkg: { devDependencies: Record<string, string>; scripts: Record<string, string> } = JSON.parse(
  read('package.json'),
);
const BUNDLE = 'dist/proxy/cli.mjs';

type Service = {
  build?: string;
  image?: string;
  environment: Record<string, string>;
  env_file?: string;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, unknown>;
  stop_grace_period: string;
  command?: string[];
  profiles?: string[];
};
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  read('compose.yaml'),
  { merge: true, strict: true, uniqueKeys: true },
);
const seconds = (text: string | undefined) => Number(text?.match(/^(\d+)s?$/)?.[1] ?? Number.NaN);
const exampleNames = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => String(name));

describe('compose.yaml', () => {
  const { postgres, proxy, drain } = compose.services;

  test('is a database, a proxy and a drain, whose dependencies and volumes are there', () => {
    expect(Object.keys(compose.services)).toEqual(['postgres', 'proxy', 'drain']);
    for (const service of Object.values(compose.services)) {
      for (const other of Object.keys(service.depends_on ?? {}))
        expect(compose.services).toHaveProperty(other);
      for (const volume of service.volumes ?? [])
        expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '');
      expect(service.image ?? (existsSync(at('Dockerfile')) && service.build)).toBeTruthy();
    }
    expect(postgres?.image).toMatch(/^postgres:\d+$/);
  });

  test('gives the proxy variables that it knows and takes', () => {
    const password = 'abc123';
    const given = Object.fromEntries(
      Object.entries(proxy?.environment ?? {}).map(([name, value]) => [
        name,
        String(value).replace(/\$\{POSTGRES_PASSWORD[^}]*\}/, password),
      ]),
    );
    for (const name of Object.keys(given)) expect(exampleNames).toContain(name);
    const keys = { ADVOCATE_TENANT_TEST: 'a', ADVOCATE_API_KEY_TEST: 'b' };
    expect(readEnvironment({ ...keys, ...given })).toMatchObject({ port: 4242 });
    const { username, password: inUrl, pathname, hostname } = new URL(given.DATABASE_URL ?? '');
    expect({ username, inUrl, database: pathname.slice(1), hostname }).toEqual({
      username: postgres?.environment.POSTGRES_USER,
      inUrl: password,
      database: postgres?.environment.POSTGRES_DB,
      hostname: 'postgres',
    });
  });

  test('opens nothing to the network by itself, and nothing twice', () => {
    expect(proxy?.ports).toEqual(['127.0.0.1:4242:4242']);
    expect(drain?.ports).toEqual([]);
    expect(postgres?.ports).toBeUndefined();
  });

  test('waits for what is begun when it stops', () => {
    for (const service of [proxy, drain])
      expect(seconds(service?.stop_grace_period) * 1000).toBeGreaterThan(LONGEST_STOP_MS);
  });

  test('drains only where it was asked for', () => {
    expect(drain).toMatchObject({ profiles: ['drain'], command: ['drain', '--mode', 'live', '--watch'] });
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  test('is made of instructions, and begins with the Node that the project uses', () => {
    const known = /^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT) \S/;
    for (const line of lines) expect(line).toMatch(known);
    const major = pkg.devDependencies.node?.split('.')[0];
    const bases = lines.filter((line) => line.startsWith('FROM'));
    expect(bases).toHaveLength(2);
    for (const base of bases) expect(base).toMatch(new RegExp(`^FROM node:${major}-`));
  });

  test('copies only what is there, and what the other stage builds', () => {
    const ignored = read('.dockerignore').split('\n');
    const copied = lines.flatMap((line) => line.match(/^COPY (?!--from)(.+) \S+$/)?.[1]?.split(' ') ?? []);
    expect(copied).toEqual(expect.arrayContaining(['package-lock.json', 'src', 'scripts']));
    for (const path of copied) {
      expect(existsSync(at(path)), path).toBe(true);
      expect(ignored, path).not.toContain(path);
    }
    expect(ignored).toContain('.env');
    expect(lines).toContain('COPY --from=build /app/dist/proxy dist/proxy');
    expect(lines).toContain('RUN node scripts/build-proxy.ts');
    expect(read('scripts/build-proxy.ts')).toContain("join(ROOT, 'dist/proxy')");
  });

  test('runs the bundle, not as root, as a process that hears SIGTERM', () => {
    expect(lines.at(-1)).toBe(`ENTRYPOINT ["node", "${BUNDLE}"]`);
    expect(lines.indexOf('USER node')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN')));
    expect(lines).toContain('STOPSIGNAL SIGTERM');
    expect(lines.find((line) => line.startsWith('HEALTHCHECK'))).toContain('/readyz');
  });
});

describe.each(['advocate-credits.service', 'advocate-credits-drain.service'])('%s', (name) => {
  const unit = read(`deploy/${name}`);
  const value = (key: string) => unit.match(new RegExp(`^${key}=(.*)$`, 'm'))?.[1];

  test('starts the bundle and waits for what is begun when it stops', () => {
    expect(value('ExecStart')).toMatch(new RegExp(`^/usr/bin/node ${BUNDLE}( drain --mode live --watch)?$`));
    expect(value('ExecStart')?.includes(' drain ')).toBe(name.includes('drain'));
    expect(seconds(value('TimeoutStopSec')) * 1000).toBeGreaterThan(LONGEST_STOP_MS);
    expect(value('KillSignal')).toBe('SIGTERM');
  });

  test('is made of sections and settings, and is no root', () => {
    for (const line of unit.split('\n'))
      expect(line).toMatch(/^(|#.*|\[(Unit|Service|Install)\]|[A-Za-z]+=.+)$/);
    expect(value('User')).toBe('advocate-credits');
    expect(value('NoNewPrivileges')).toBe('true');
    const assigned = value('Environment')
      ?.split(' ')
      .map((each) => each.split('=')[0]);
    for (const each of assigned ?? []) expect([...exampleNames, 'NODE_ENV']).toContain(each);
  });
});

test('what the operations page says of limits, files and commands is so', () => {
  const page = read('docs/operations.md');
  expect(page).toContain(`From ${MOST_AT_ONCE} requests in flight`);
  expect(page).toContain(`after ${LONGEST_STOP_MS / 1000} seconds at the latest`);
  for (const [path] of page.matchAll(/deploy\/[a-z-]+\.(?:service|json)|scripts\/[a-z-]+\.ts/g))
    expect(existsSync(at(path)), path).toBe(true);
  const cli = read('src/proxy/cli.ts');
  for (const [, command] of page.matchAll(/npm run (?:-s )?proxy -- ([a-z]+)/g))
    expect(cli, command).toContain(`'${command}'`);
  for (const [, task] of page.matchAll(/npm run (?:-s )?([a-z]+)/g))
    expect(Object.keys(pkg.scripts)).toContain(task);
});
