/** Structured logs that no secret can enter. */
import pino, { type DestinationStream } from 'pino';
import { keepSecret, strikeSecrets } from './secrets.ts';
import { traceNow } from './trace.ts';

export type Log = pino.Logger;

export function createLog(level: string, secrets: readonly string[], destination?: DestinationStream): Log {
  keepSecret(secrets);
  return pino(
    {
      level,
      base: null,
      mixin: traceNow,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: strikeSecrets },
    },
    destination ?? pino.destination({ sync: true }),
  );
}
