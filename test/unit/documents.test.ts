/** What README and the other documents tell people to type, open and fill in is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/proxy/environment.ts';
import { commandsIn, fillIn, README, section, settingsIn } from '../support/readme.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const NOT_OURS = ['node_modules', '.git', 'dist', 'reports'];
const FILES = readdirSync(ROOT, { withFileTypes: true })
  .filter(({ name }) => !NOT_OURS.includes(name))
  .flatMap((entry) =>
    entry.isDirectory()
      ? ['', ...readdirSync(join(ROOT, entry.name), { recursive: true, encoding: 'utf8' })].map((path) =>
          join(entry.name, path),
        )
      : [entry.name],
  );
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'));
const scripts: Record<string, string> = JSON.parse(read('package.json')).scripts;

/** The code of inline spans, outside of blocks. */
const spansIn = (text: string) =>
  text
    .split('```')
    .filter((_, index) => index % 2 === 0)
    .flatMap((part) => [...part.matchAll(/`([^`]+)`/g)].map(([, code]) => String(code)));

/** Where a task reads its arguments; of others' tools the arguments are not looked at. */
function argumentsOf(task: string, subcommand: string | undefined): string | null {
  if (task === 'proxy') {
    const own = `src/proxy/commands/${subcommand}.ts`;
    return read(existsSync(join(ROOT, own)) ? own : 'src/proxy/cli.ts');
  }
  const file = { bench: 'bench/index.ts', start: 'scripts/start.ts' }[task] ?? `scripts/${task}.ts`;
  return existsSync(join(ROOT, file)) ? read(file) : null;
}

/** What is wrong with a command, as somebody would find out who types it. */
function wrongWith(command: string): string | null {
  const [, run, name = ''] = command.match(/^npm (run (?:-s )?)?([a-z]+)/) ?? [];
  if (run === undefined && !['start', 'test'].includes(name)) return null;
  const task = scripts[name]?.match(/^node scripts\/run\.mjs ([a-z]+)$/)?.[1];
  if (task === undefined) return `package.json has no task “${name}”`;
  if (!read('scripts/run.mjs').includes(`  ${task}: [`)) return `run.mjs has no task “${task}”`;
  const given = command.split(' -- ')[1]?.split(' ') ?? [];
  const subcommand = name === 'proxy' && given[0]?.startsWith('--') === false ? given[0] : undefined;
  if (subcommand !== undefined && !read('src/proxy/cli.ts').includes(`'${subcommand}'`))
    return `the proxy does not know “${subcommand}”`;
  const code = argumentsOf(task, subcommand);
  if (code === null) return null;
  const unknown = given.filter(
    (word) => word.startsWith('--') && !new RegExp(`\\b${word.slice(2)}['"]?: \\{`).test(code),
  );
  return unknown.length > 0 ? `it does not know ${unknown.join(' ')}` : null;
}

test('README is read: its commands, in blocks and in sentences, without what they are for', () => {
  const commands = commandsIn(README);
  expect(commands.length).toBeGreaterThan(20);
  for (const known of [
    'npm start',
    'npm run build',
    'npm run faults -- --exhaustive',
    'cp .env.example .env',
  ])
    expect(commands).toContain(known);
});

test('a command that is not there is found, and so is an option', () => {
  expect(wrongWith('npm run nothing')).toContain('no task');
  expect(wrongWith('npm run proxy -- fly')).toContain('does not know “fly”');
  expect(wrongWith('npm run proxy -- drain --mode live --fast')).toBe('it does not know --fast');
  expect(wrongWith('npm run -s proxy -- reconcile --verify report.ndjson')).toBeNull();
});

describe.each(DOCUMENTS)('%s', (path) => {
  const text = read(path);

  test('commands are there, with the options that are named', () => {
    const wrong = commandsIn(text).map((command) => [command, wrongWith(command)] as const);
    expect(wrong.filter(([, what]) => what !== null)).toEqual([]);
  });

  test('links and pictures lead to files', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
      .map(([, link, source]) => String(link ?? source).replace(/#.*$/, ''))
      .filter((link) => link !== '' && !/^[a-z]+:/.test(link));
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  test('files that are named are there', () => {
    /** Made while something runs. */
    const made = /^(dist|reports|ledger)\b|^(start|fuzz)\.json$|\.(db|ndjson|dump)$/;
    const named = spansIn(text).filter(
      (span) =>
        !made.test(span) &&
        (/^[\w.-]+(\/[\w.-]+)*\.(tsx?|mjs|jsonc?|md|html|css|ya?ml|service)$/.test(span) ||
          /^(src|test|scripts|sandbox|docs|deploy|bench)\/[\w./-]*$/.test(span)),
    );
    const there = (span: string) =>
      ['', '.ts', '.test.ts', '.test.tsx'].some((end) => {
        const name = span.replace(/\/$/, '') + end;
        return FILES.some((file) => file === name || file.endsWith(`/${name}`));
      });
    expect(named.filter((span) => !there(span))).toEqual([]);
  });

  test('settings that are named are there', () => {
    const everywhere = [
      ...['.env.example', 'compose.yaml'],
      ...FILES.filter((file) => /^(scripts|test\/browser\/firefox)\/.*\.(ts|mjs)$/.test(file)),
    ]
      .map(read)
      .join('\n');
    const named = spansIn(text).flatMap((span) => span.match(/^[A-Z]+(_[A-Z]+)+(?==?$)/)?.[0] ?? []);
    expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(everywhere))).toEqual([]);
  });

  test('the proxy’s addresses that are named are there', () => {
    const code = FILES.filter((file) => /^src\/proxy\/.*\.ts$/.test(file))
      .map(read)
      .join('\n');
    const named = spansIn(text).flatMap((span) => span.match(/^PUBLIC_URL\/v1(\/.+)$/)?.[1] ?? []);
    expect(named.filter((route) => !code.includes(`'${route}'`))).toEqual([]);
  });
});

test('README tells to fill in lines that .env.example has, for both modes, and they are all that is needed', () => {
  const rows = settingsIn(section('Run it for real'));
  expect(rows.map(({ instead }) => instead)).toEqual([false, false, true]);
  const [advocate, key, connect] = rows.map(({ names }) => names);
  for (const stripe of [key, connect])
    for (const mode of ['TEST', 'LIVE']) {
      const names = [...(advocate ?? []), ...(stripe ?? [])].map((name) => name.replace(/TEST$/, mode));
      const env = names.reduce((text, name) => fillIn(text, name, 'filled-in'), read('.env.example'));
      const lines = [...env.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
      const { port, host, ...filled } = readEnvironment(Object.fromEntries(lines));
      const of = mode === 'TEST' ? 'test' : 'live';
      expect(filled.advocate[of]).not.toBeNull();
      expect(filled.stripe[of]?.via).toBe(stripe === key ? 'restricted_key' : 'connect');
      expect(README).toContain(`listens on http://${host}:${port}`);
    }
});

test('README names the versions that are asked for', () => {
  const { minimum_chrome_version, browser_specific_settings } = JSON.parse(read('manifest.json'));
  const firefox = parseInt(browser_specific_settings.gecko.strict_min_version, 10);
  expect(README).toContain(`Chrome (${minimum_chrome_version} or newer)`);
  expect(README).toContain(`Firefox (${firefox} or newer`);
  const { node } = JSON.parse(read('package.json')).engines;
  expect(README).toContain(`You need Node ${String(node).replace('>=', '')} or newer`);
});

test('README calls the product’s buttons and views by what stands on them', () => {
  const texts = FILES.filter((file) => /^src\/locales\/en\/.*\.json$/.test(file))
    .map(read)
    .join('\n');
  /** Words of Stripe, Advocate and the browsers, and mere stress. */
  const others = /^(or|custom|multi-currency|(Subscriptions|Invoices): read|.*→)$/;
  const ours = [...README.matchAll(/(?<![*\w])\*([^*\n]+)\*(?!\*)/g)]
    .map(([, words]) => String(words))
    .filter((words) => !others.test(words));
  expect(ours.length).toBeGreaterThan(4);
  expect(ours.filter((words) => !texts.includes(`: "${words}"`))).toEqual([]);
});
