/** What a person does in a terminal, in a folder of theirs: types a command, reads what it says, presses Ctrl+C. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { onTestFinished } from 'vitest';

/** Of whoever runs the tests, without what the tests and their npm have put there. */
export function ownEnvironment(more: Record<string, string>): NodeJS.ProcessEnv {
  const set = /^(npm_(package|lifecycle|config_local)|VITE|NODE_|ADVOCATE_|STRIPE_|ALERT_)/;
  const named = [
    'HOST',
    'PORT',
    'PUBLIC_URL',
    'DATABASE_URL',
    'LOG_LEVEL',
    'INIT_CWD',
    'TEST',
    'DEV',
    'MODE',
  ];
  const own = Object.entries(process.env).filter(([name]) => !set.test(name) && !named.includes(name));
  const PATH = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { ...Object.fromEntries(own), PATH: PATH.join(delimiter), ...more };
}

type Where = { folder: string; env: NodeJS.ProcessEnv };
export type Ended = { code: number | null; said: string };

/** The commands of README.md need no shell; one that did would be typed wrong here. */
function words(command: string): [string, string[]] {
  const [program = '', ...rest] = command.split(' ');
  if (/["'$&|;<>\\*]/.test(command)) throw new Error(`This takes a shell: ${command}`);
  return [program, rest];
}

/** To its end. */
export function type(command: string, { folder, env }: Where): Promise<Ended> {
  const child = spawn(...words(command), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, said }));
  });
}

export type Running = {
  /** Resolves once it has said this; rejects with all it said when it ends before. */
  says: (what: string) => Promise<string>;
  /** Resolves when it has ended. */
  interrupt: () => Promise<Ended>;
};

/** In a terminal of its own, for as long as it runs: Ctrl+C reaches what a terminal lets it reach. */
export function leaveRunning(command: string, { folder, env }: Where): Running {
  words(command);
  const inTerminal =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...command.split(' ')]
      : ['-qec', command, '/dev/null'];
  const child = spawn('script', inTerminal, { cwd: folder, env: { ...env, SHELL: '/bin/sh' } });
  let said = '';
  let ended: Ended | null = null;
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      tell();
    });
  const end = (code: number | null) => {
    ended = { code, said };
    tell();
  };
  child.once('error', (error) => {
    said += error.message;
    end(null);
  });
  child.once('close', end);
  // Its terminal goes with it, and what runs there is told so.
  onTestFinished(() => void child.kill('SIGKILL'));

  function until<T>(look: () => T | null): Promise<T> {
    return new Promise((resolve) => {
      const again = () => {
        const found = look();
        if (found === null) return;
        waiting.delete(again);
        resolve(found);
      };
      waiting.add(again);
      again();
    });
  }
  return {
    says: async (what) => {
      const heard = await until(() => (said.includes(what) || ended ? said : null));
      if (!heard.includes(what)) throw new Error(`“${command}” ended without saying “${what}”: ${heard}`);
      return heard;
    },
    interrupt: () => {
      child.stdin.write('\x03');
      return until(() => ended);
    },
  };
}
