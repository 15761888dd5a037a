/** Where browsers listen for hints. The token comes as a subprotocol, since a browser's WebSocket has no headers of its own. */
import { upgradeWebSocket } from '@hono/node-server';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { WebSocket } from 'ws';
import { HINTS_PROTOCOL, TOKEN_PROTOCOL } from '../../contract/hints.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Parts } from '../parts.ts';
import { type Env, noQuery } from './common.ts';

const TOKEN = /^[A-Za-z0-9_-]{20,200}$/;

/** Both must be there: the protocol says what is spoken, the token who speaks. */
export function tokenIn(offered: string | undefined): string | null {
  const protocols = (offered ?? '').split(',').map((one) => one.trim());
  if (!protocols.includes(HINTS_PROTOCOL)) return null;
  const tokens = protocols.filter((one) => one.startsWith(TOKEN_PROTOCOL));
  const token = tokens[0]?.slice(TOKEN_PROTOCOL.length) ?? '';
  return tokens.length === 1 && TOKEN.test(token) ? token : null;
}

const wasHandedOver = (env: unknown): boolean => typeof env === 'object' && env !== null && 'wss' in env;

const byProtocol = ({ pairing, hints }: Parts) =>
  createMiddleware<Env>(async (c, next) => {
    // Pages of the web cannot have a token; one that has it should not have it.
    if (/^https?:/i.test(c.req.header('origin') ?? '')) throw new ProblemError('forbidden');
    const token = tokenIn(c.req.header('sec-websocket-protocol'));
    const known = token === null ? null : await pairing.browserOf(token);
    if (known === null) throw new ProblemError('unauthorized');
    // With the header alone Node has not handed the connection over.
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket' || !wasHandedOver(c.env))
      throw new ProblemError('bad_request', { detail: 'Hints are told through a WebSocket only.' });
    if (hints.sockets.isFull())
      throw new ProblemError('too_many_attempts', { detail: 'As many browsers listen here as may.' });
    c.set('browser', known.browser);
    await next();
  });

export function hintRoutes(parts: Parts) {
  return new Hono<Env>().get(
    '/hints',
    noQuery,
    byProtocol(parts),
    upgradeWebSocket((c) => {
      const { browser } = c.var;
      return {
        onOpen(_, { raw }) {
          if (!(raw instanceof WebSocket)) throw new Error('hints need ws');
          // Asked for by itself, not by its token: that one may be replaced while the connection stands.
          parts.hints.sockets.join(browser, raw, () => parts.pairing.find(browser.id));
          parts.log.info({ requestId: c.var.requestId, browser: browser.id }, 'listens for hints');
        },
      };
    }),
  );
}
