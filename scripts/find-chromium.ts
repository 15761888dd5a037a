import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  Browser,
  canDownload,
  computeExecutablePath,
  detectBrowserPlatform,
  install,
} from '@puppeteer/browsers';
import { PUPPETEER_REVISIONS } from 'puppeteer-core/internal/revisions.js';
import { Refusal, withProgress } from './say.ts';

const run = promisify(execFile);

const HOW_TO_HELP = 'Install Chromium or Chrome 123 or newer, or set CHROMIUM_PATH to one.';

/** Where browsers stand that people install by hand, the most open one first. */
function usualPlaces(): string[] {
  const env = (name: string) => process.env[name] ?? '';
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', join(homedir(), 'Applications')].flatMap((apps) => [
        `${apps}/Chromium.app/Contents/MacOS/Chromium`,
        `${apps}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
        `${apps}/Google Chrome.app/Contents/MacOS/Google Chrome`,
      ]);
    case 'win32':
      return ['LOCALAPPDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)']
        .map(env)
        .flatMap((folder) => [
          join(folder, 'Chromium/Application/chrome.exe'),
          join(folder, 'Google/Chrome/Application/chrome.exe'),
        ]);
    default:
      return ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].flatMap((name) => [
        `/usr/bin/${name}`,
        `/usr/local/bin/${name}`,
      ]);
  }
}

/** Being there is not enough: Ubuntu's chromium-browser may be a hint to a snap, and libraries may be missing. */
async function starts(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  // On Windows `--version` opens a window instead of answering.
  if (process.platform === 'win32') return true;
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 15_000 });
    return Number(/\b(\d+)\.\d+\.\d+/.exec(stdout)?.[1]) >= 123;
  } catch {
    return false;
  }
}

function named(): string | null {
  return process.env.CHROMIUM_PATH || process.env.PUPPETEER_EXECUTABLE_PATH || null;
}

/** The build that this version of Puppeteer was made for, kept where Puppeteer keeps its own. */
const fetched = {
  browser: Browser.CHROME,
  buildId: PUPPETEER_REVISIONS.chrome,
  cacheDir: process.env.PUPPETEER_CACHE_DIR || join(homedir(), '.cache/puppeteer'),
};

async function fetchOne(): Promise<string | null> {
  if (!detectBrowserPlatform()) return null;
  const path = computeExecutablePath(fetched);
  if (await starts(path)) return path;
  const reachable = await Promise.race([
    canDownload(fetched).catch(() => false),
    new Promise<false>((resolve) => setTimeout(resolve, 8000, false).unref()),
  ]);
  if (!reachable) return null;
  try {
    await withProgress('Fetching Chrome for Testing (about 170 MB)', () => install({ ...fetched }));
  } catch {
    return null;
  }
  return (await starts(path)) ? path : null;
}

/** Debian's own package; Ubuntu's of that name is a snap, which `starts` finds out afterwards. */
async function installDebianPackage(): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return null;
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 * 1024 * 1024 };
  try {
    await withProgress('Installing Debian’s chromium package', async () => {
      await run('apt-get', ['update'], options);
      await run('apt-get', ['install', '-y', 'chromium'], options);
    });
  } catch {
    return null;
  }
  return (await starts('/usr/bin/chromium')) ? '/usr/bin/chromium' : null;
}

/** Path of a Chromium that starts: one that was named, else an installed one, else one that can be had. */
export async function findChromium(): Promise<string> {
  const choice = named();
  if (choice) {
    if (await starts(choice)) return choice;
    throw new Refusal(`There is no Chromium 123 or newer that starts at ${choice}. ${HOW_TO_HELP}`);
  }
  for (const path of usualPlaces()) if (await starts(path)) return path;
  const path = (await fetchOne()) ?? (await installDebianPackage());
  if (path) return path;
  throw new Refusal(`No Chromium was found, and none could be fetched. ${HOW_TO_HELP}`);
}
