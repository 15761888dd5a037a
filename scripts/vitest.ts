import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs Vitest and answers its exit code. Its own process, so that its exit ends whatever a test left behind. */
export function runVitest(args: string[], env: Record<string, string> = {}): Promise<number> {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, 'run', ...args], {
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('error', reject).on('exit', (code) => resolve(code ?? 1));
  });
}
