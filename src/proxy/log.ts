/** Structured logs that no secret can enter: known secrets and anything shaped like one are struck out of every line. */
import pino, { type DestinationStream } from 'pino';

const SHAPES =
  /\b(?:sk|rk|pk)_(?:test|live)_[A-Za-z0-9]+|\bac_[A-Za-z0-9]{8,}|\b(?:Bearer|Basic) [A-Za-z0-9+/=._-]+/g;

export type Log = pino.Logger;

export function createLog(level: string, secrets: readonly string[], destination?: DestinationStream): Log {
  const strike = (line: string) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line).replace(SHAPES, '[secret]');
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: strike } },
    destination ?? pino.destination({ sync: true }),
  );
}
