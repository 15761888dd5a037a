/** The history, for everybody who is paired. */
import { Hono } from 'hono';
import { AuditPage, AuditQuery } from '../../contract/audit.ts';
import { page } from '../audit.ts';
import type { Parts } from '../parts.ts';
import { about, checked, type Env } from './common.ts';

export function auditRoutes({ db }: Pick<Parts, 'db'>) {
  return new Hono<Env>().get(
    '/audit',
    about('What people and the proxy did, newest first', AuditPage),
    checked('query', AuditQuery),
    async (c) => c.json(await page(db, c.req.valid('query'))),
  );
}
