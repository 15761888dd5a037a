/**
 * Every guard of the money, and how to switch it off: one unique piece of source replaced by another. Some named test
 * must go red then, or the guard is not held by any.
 */

import { ADMIN } from './guards-admin.ts';
import { AROUND } from './guards-around.ts';
import { BROWSERS } from './guards-browsers.ts';
import { BULK } from './guards-bulk.ts';
import { DESK } from './guards-desk.ts';
import { LINKING } from './guards-linking.ts';
import { MONEY } from './guards-money.ts';
import { PROOF } from './guards-proof.ts';
import { PUSH } from './guards-push.ts';
import { RECOGNISER } from './guards-recogniser.ts';
import { REVERSALS } from './guards-reversals.ts';
import { SECURITY } from './guards-security.ts';
import { SEND } from './guards-send.ts';
import { SERVER } from './guards-server.ts';
import { VIEWS } from './guards-views.ts';

export type Guard = {
  guard: string;
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** Run with the guard off, of which one must fail. */
  tests: string[];
  /** Only the tests whose name contains this. */
  name?: string;
};

export type Entry = [guard: string, find: string, replace: string, tests: string | string[], name?: string];

/** The guards of one file. */
export const guardsIn = (file: string, entries: Entry[]): Guard[] =>
  entries.map(([guard, find, replace, tests, name]) => ({
    guard,
    file,
    find,
    replace,
    tests: [tests].flat(),
    ...(name !== undefined && { name }),
  }));

export const guards = (): Guard[] => [
  ...MONEY(),
  ...SEND(),
  ...AROUND(),
  ...REVERSALS(),
  ...PROOF(),
  ...LINKING(),
  ...BULK(),
  ...DESK(),
  ...RECOGNISER(),
  ...ADMIN(),
  ...VIEWS(),
  ...PUSH(),
  ...SERVER(),
  ...BROWSERS(),
  ...SECURITY(),
];
