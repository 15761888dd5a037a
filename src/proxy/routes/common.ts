/** What every route needs: who asks, may they, and is it what we know. */
import { createMiddleware } from 'hono/factory';
import { describeRoute, resolver, validator } from 'hono-openapi';
import type * as v from 'valibot';
import { Problem, ProblemError } from '../../contract/problems.ts';
import { ModeParam } from '../../contract/routes.ts';
import type { Browser } from '../pairing.ts';
import type { Parts } from '../parts.ts';

/** `tokenDue`: the browser that asks is to trade its token for a new one. */
export type Env = { Variables: { requestId: string; browser: Browser; tokenDue: boolean } };

export const signedIn = ({ pairing }: Parts) =>
  createMiddleware<Env>(async (c, next) => {
    const token = c.req.header('authorization')?.match(/^Bearer ([A-Za-z0-9_-]{20,200})$/)?.[1];
    const known = token === undefined ? null : await pairing.browserOf(token);
    if (known === null)
      throw new ProblemError('unauthorized', { action: 'Pair this browser again with a new code.' });
    c.set('browser', known.browser);
    c.set('tokenDue', known.due);
    await next();
  });

export const adminOnly = createMiddleware<Env>(async (c, next) => {
  if (c.var.browser.role !== 'admin')
    throw new ProblemError('forbidden', {
      detail: 'This needs the admin role.',
      action: 'Ask an admin to do it.',
    });
  await next();
});

function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNul);
}

/** Refuses what the schema does not know, and says where. */
export const checked = <Target extends 'json' | 'query' | 'param', S extends v.GenericSchema>(
  target: Target,
  schema: S,
) =>
  validator(target, schema, (result) => {
    if (result.success) {
      // PostgreSQL cannot hold it, and no name, e-mail or id has it.
      if (holdsNul(result.data))
        throw new ProblemError('bad_request', { detail: `${target}: a text holds a character of code 0` });
      return;
    }
    const [issue] = result.error;
    const path = (issue?.path ?? [])
      .map((part) => String(typeof part === 'object' ? part.key : part))
      .join('.');
    throw new ProblemError('bad_request', {
      detail: `${path === '' ? target : path}: ${issue?.message ?? 'not understood'}`,
    });
  });

export const inMode = checked('param', ModeParam);
/** A question mark that does nothing would mislead: `?dryRun=1` is not a dry run. */
export const noQuery = createMiddleware<Env>(async (c, next) => {
  const [unknown] = Object.keys(c.req.query());
  if (unknown !== undefined)
    throw new ProblemError('bad_request', { detail: `query: ${unknown} is not known here` });
  await next();
});

/** The route's line in the OpenAPI document. */
export const about = (summary: string, answer: v.GenericSchema, contentType = 'application/json') =>
  describeRoute({
    summary,
    responses: {
      200: { description: 'As asked.', content: { [contentType]: { schema: resolver(answer) } } },
      default: {
        description: 'Refused, and why.',
        content: { 'application/problem+json': { schema: resolver(Problem) } },
      },
    },
  });
