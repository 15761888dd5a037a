/** What is under way in this proxy: how much of it, whether more is taken on, and when all of it has come to its end. */
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../contract/problems.ts';
import type { Env } from './routes/common.ts';

/**
 * Requests under way at once. Whatever is more than that is sent away at once and comes back later: here it would only
 * wait, hold memory, and be given up by its browser before its turn came.
 */
export const MOST_AT_ONCE = 256;

/** Longer than anything that is begun may take: each call of Stripe or Advocate gives up after 20 seconds. */
export const LONGEST_STOP_MS = 100_000;

export type Work = ReturnType<typeof createWork>;

export function createWork(most = MOST_AT_ONCE) {
  let count = 0;
  let stopping = false;
  let ended: (() => void)[] = [];

  function begin(): () => void {
    let open = true;
    count += 1;
    return () => {
      if (!open) return;
      open = false;
      count -= 1;
      if (count > 0) return;
      for (const tell of ended) tell();
      ended = [];
    };
  }

  return {
    most,
    count: () => count,
    isStopping: () => stopping,

    /** @returns what is to be called at its end. */
    admit(): () => void {
      if (stopping) throw new ProblemError('proxy_stopping');
      if (count >= most) throw new ProblemError('proxy_busy');
      return begin();
    },

    /** Goes on beside or after its request's answer, and is waited for all the same. */
    async track<T>(work: () => Promise<T>): Promise<T> {
      const end = begin();
      try {
        return await work();
      } finally {
        end();
      }
    },

    /** From here on nothing is taken on. Resolves when all that was has come to its end. */
    stop(): Promise<void> {
      stopping = true;
      return count === 0 ? Promise.resolve() : new Promise((resolve) => void ended.push(resolve));
    },
  };
}

/** Before anything is read or asked. */
export const notStopping = (work: Work) =>
  createMiddleware<Env>(async (_c, next) => {
    if (work.isStopping()) throw new ProblemError('proxy_stopping');
    await next();
  });

/** After it is known who asks, so that nobody who is not paired can keep those out who are. */
export const admitted = (work: Work) =>
  createMiddleware<Env>(async (_c, next) => {
    const end = work.admit();
    try {
      await next();
    } finally {
      end();
    }
  });
