/** What stands between strangers and every route: headers, and who may ask from a browser at all. */
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { ProblemError } from '../contract/problems.ts';

const EXTENSION = /^(chrome|moz)-extension:\/\/[A-Za-z0-9-]+$/;

export const isExtension = (origin: string): boolean => EXTENSION.test(origin);

/** Nothing that the proxy answers is to be run, framed, guessed at or kept. A page of its own may say more. */
export const safeHeaders = secureHeaders({
  strictTransportSecurity: 'max-age=31536000; includeSubDomains',
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginResourcePolicy: 'same-origin',
});
export const NOTHING_RUNS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Browsers put the origin on what a page asks for, and no page can take it off. Stripe and Advocate send none. */
export const extensionsOnly = createMiddleware(async (c, next) => {
  const origin = c.req.header('origin');
  if (origin !== undefined && !isExtension(origin))
    throw new ProblemError('forbidden', { detail: 'Web pages may not ask the proxy anything.' });
  await next();
});

/** `http://name:password@host/` is no address that a request can have: reading one would fail further in. */
export const noUserInAddress = createMiddleware(async (c, next) => {
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(c.req.url))
    throw new ProblemError('bad_request', {
      detail: 'An address with a user’s name in it is not known here.',
    });
  await next();
});

/** Only where the extension has not the permission for this host, for with it no browser asks. */
export const corsForExtensions = cors({
  origin: (origin) => (isExtension(origin) ? origin : null),
  allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
  allowHeaders: ['authorization', 'content-type', 'accept', 'x-request-id', 'traceparent'],
  exposeHeaders: ['x-request-id', 'retry-after'],
  maxAge: 600,
});
