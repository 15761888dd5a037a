/**
 * Every order of the small case, not a sample of it. Two orders that differ only in which of two unrelated steps came
 * first end alike, so one of them is enough: a step that was tried is asleep in the branches beside it until something
 * touches what it touches (sleep sets, P. Godefroid, 1996).
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Case, type Choice, ONE_FAULT, type OneFault, setCase } from './explore-case.ts';
import type { Breach } from './verdict.ts';

export type Explored = {
  fault: OneFault;
  /** Orders run to their end, and branches left because their end is that of another one. */
  orders: number;
  pruned: number;
  steps: number;
  breaches: { path: string[]; breaches: Breach[] }[];
};
export type ExploredAll = { orders: number; pruned: number; violations: number; perFault: Explored[] };

/** What a step was seen to read or write, of what others see. */
type Touched = readonly string[];
/** A place at which several things can come next. */
type Node = {
  /** What is explored from here now, and what it touched when it was taken. */
  chosen: string;
  touched: Touched;
  choices: string[];
  asleep: Map<string, Touched>;
  done: Map<string, Touched>;
};

/** The states that were explored, each with the steps that were asleep there. */
type Known = Map<string, ReadonlySet<string>[]>;

const MOST_BREACHES = 5;
const THIS = fileURLToPath(import.meta.url);

/** Whether the order of two steps can matter. */
export const related = (a: Touched, b: Touched): boolean =>
  a.some((one) =>
    b.some(
      (other) =>
        one.replace('!', '') === other.replace('!', '') && (one.endsWith('!') || other.endsWith('!')),
    ),
  );

export async function exploreFault(fault: OneFault): Promise<Explored> {
  const explored: Explored = { fault, orders: 0, pruned: 0, steps: 0, breaches: [] };
  const stack: Node[] = [];
  const known: Known = new Map();
  do {
    const now = await setCase(fault);
    try {
      await follow(now, stack, known, explored);
    } finally {
      now.close();
    }
  } while (turn(stack) && explored.breaches.length < MOST_BREACHES);
  return explored;
}

/** Goes the way that the stack tells, and on from there to an end. */
async function follow(now: Case, stack: Node[], known: Known, explored: Explored): Promise<void> {
  for (let depth = 0; ; depth++) {
    const choices = now.choices();
    if (choices.length === 0) {
      explored.orders += 1;
      const breaches = await now.end();
      if (breaches.length > 0) explored.breaches.push({ path: stack.map(({ chosen }) => chosen), breaches });
      return;
    }
    const node = stack[depth] ?? arrive(now, stack, known, choices);
    if (node === null) {
      explored.pruned += 1;
      return;
    }
    const choice = choices.find(({ id }) => id === node.chosen);
    if (choice === undefined) throw new Error(`The way is not the same twice: ${node.chosen} at ${depth}.`);
    explored.steps += 1;
    node.touched = await choice.take();
  }
}

/** A new place. Null when all that could come next was explored elsewhere. */
function arrive(now: Case, stack: Node[], known: Known, choices: Choice[]): Node | null {
  const before = stack.at(-1);
  const asleep = new Map<string, Touched>();
  for (const [id, touched] of before === undefined ? [] : [...before.asleep, ...before.done])
    if (id !== before?.chosen && !related(touched, before?.touched ?? [])) asleep.set(id, touched);
  // The two pairs are alike, so whoever begins may be called the first.
  if (before === undefined) choices.splice(1);
  const awake = choices.find(({ id }) => !asleep.has(id));
  if (awake === undefined) return null;
  // Explored from here before, with no more left out than now.
  const state = now.state();
  const sleepers = new Set(asleep.keys());
  const visits = known.get(state) ?? [];
  if (visits.some((others) => [...others].every((id) => sleepers.has(id)))) return null;
  known.set(state, [...visits, sleepers]);
  const node = {
    chosen: awake.id,
    touched: [],
    choices: choices.map(({ id }) => id),
    asleep,
    done: new Map(),
  };
  stack.push(node);
  return node;
}

/** Turns to the next branch that was not explored; false when there is none. */
function turn(stack: Node[]): boolean {
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const { chosen, touched, choices, asleep, done } = node;
    done.set(chosen, touched);
    const next = choices.find((id) => !done.has(id) && !asleep.has(id));
    if (next !== undefined) {
      node.chosen = next;
      return true;
    }
    stack.pop();
  }
  return false;
}

/** All faults, in as many processes as there are processors. */
export async function explore(say: (line: string) => void): Promise<ExploredAll> {
  const waiting: OneFault[] = [...ONE_FAULT];
  const perFault: Explored[] = [];
  const workOff = () =>
    new Promise<void>((resolve, reject) => {
      const child = fork(THIS, ['--part'], { execArgv: ['--max-semi-space-size=64'] });
      const next = () => {
        const fault = waiting.shift();
        if (fault === undefined) child.disconnect();
        else child.send(fault);
      };
      child.on('message', (done: Explored) => {
        perFault.push(done);
        say(
          `${done.fault}: ${done.orders} orders, ${done.pruned} pruned, ${done.breaches.length} violations`,
        );
        for (const { breaches, path } of done.breaches)
          say(
            [...breaches.map(({ kind, what }) => `  ${kind}: ${what}`), `  ${path.join(' → ')}`].join('\n'),
          );
        next();
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`The exploration ended with ${code}.`)),
      );
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, workOff));
  const orders = perFault.reduce((sum, one) => sum + one.orders, 0);
  const pruned = perFault.reduce((sum, one) => sum + one.pruned, 0);
  const violations = perFault.reduce((sum, one) => sum + one.breaches.length, 0);
  say(`${orders} orders explored, ${pruned} pruned as alike: ${violations} violations`);
  return { orders, pruned, violations, perFault };
}

if (process.argv[1] === THIS && process.argv[2] === '--part')
  process.on('message', (fault: OneFault) => void exploreFault(fault).then((done) => process.send?.(done)));
