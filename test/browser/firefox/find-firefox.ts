import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** As the manifest says. */
const OLDEST = 140;
const USUAL = ['/usr/bin', '/usr/local/bin', '/Applications/Firefox.app/Contents/MacOS'];

function starts(path: string): boolean {
  try {
    const told = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 60_000, stdio: 'pipe' });
    return Number(/\b(\d+)\.\d+/.exec(told)?.[1]) >= OLDEST;
  } catch {
    return false;
  }
}

/** A Firefox that starts; null where there is none. FIREFOX_PATH names another one. */
export function findFirefox(): string | null {
  const named = process.env.FIREFOX_PATH;
  if (named) {
    if (starts(named)) return named;
    throw new Error(`There is no Firefox ${OLDEST} or newer that starts at ${named}, as FIREFOX_PATH says.`);
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...USUAL];
  const places = ['firefox-esr', 'firefox'].flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find((path) => existsSync(path) && starts(path)) ?? null;
}
