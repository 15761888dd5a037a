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
type Ended = { code: number | null; said: string };

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
  /** Resolves once it has said this; rejects with all it said when it ends before, or does not say it. */
  says: (what: string) => Promise<void>;
  /** Ctrl+C. Resolves when the terminal is the person's again; what was started there may be about to end. */
  interrupt: () => Promise<void>;
};

const PROMPT = 'It ended with';
/** For all that a command may do before it speaks, installing included. */
const PATIENCE_MS = 10 * 60_000;

/** In a terminal of its own, which stays open as a person's does: Ctrl+C reaches what a terminal lets it reach. */
export function leaveRunning(command: string, { folder, env }: Where): Running {
  words(command);
  const shell = `trap : INT; ${command}; echo "${PROMPT} $?"; cat > /dev/null`;
  const inTerminal =
    process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', shell] : ['-qec', shell, '/dev/null'];
  const child = spawn('script', inTerminal, { cwd: folder, env: { ...env, SHELL: '/bin/sh' } });
  // Its terminal goes with it, and what runs there is told so.
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const hear = (text: string) => {
    said += text;
    for (const look of [...waiting]) look();
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
  const close = (why: string) => {
    closed = true;
    hear(why);
  };
  child.once('error', (error) => close(error.message)).once('close', () => close(''));
  // What is typed into a terminal that is gone is lost.
  child.stdin.on('error', () => undefined);
  const hasEnded = () => closed || said.includes(PROMPT);

  /** Resolves too when nobody wants to wait any longer. */
  function until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(end, PATIENCE_MS);
      const look = () => isSo() && end();
      waiting.add(look);
      look();
    });
  }
  return {
    says: async (what) => {
      await until(() => said.includes(what) || hasEnded());
      if (!said.includes(what)) throw new Error(`“${command}” did not say “${what}”: ${said}`);
    },
    interrupt: async () => {
      child.stdin.write('\x03');
      await until(hasEnded);
      if (!hasEnded()) throw new Error(`“${command}” did not end: ${said}`);
    },
  };
}
