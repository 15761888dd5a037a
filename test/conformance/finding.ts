import type { Exchange } from '../../sandbox/exchange.ts';

/** Something that an official schema, or a rule of ours, forbids. */
export type Violation = {
  service: Exchange['service'] | 'webhook';
  method: string;
  /** With `{names}` where the specification has them. */
  path: string;
  /** `request.amount`, `answer.data.0.id`, `header idempotency-key` … */
  where: string;
  message: string;
};
export type Problem = Pick<Violation, 'where' | 'message'>;

/** What was compared. `unknown`: no specification describes this, which is a problem of its own. */
export type Verdict = { operation: string; problems: Problem[] };

export const problem = (where: string, message: string): Problem => ({ where, message });

export type Fields = Record<string, unknown>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
