import type { Mode } from '../../src/contract/words.ts';
import { type Connection, newId, type StripeState } from './state.ts';

/** How long a code from the authorize page can be exchanged. */
const CODE_LIFETIME_MS = 5 * 60_000;

type Code = {
  account: string;
  mode: Mode;
  clientId: string;
  madeAt: number;
  /** The connection the code was exchanged for. */
  used: Connection | null;
};

/** Which accounts the platform reaches, in which mode. Tokens stay here, out of the readable state. */
export type Connections = ReturnType<typeof createConnections>;

export function createConnections(state: StripeState, now: () => number) {
  const codes = new Map<string, Code>();
  const accessTokens = new Map<string, { connection: Connection; mode: Mode }>();
  const refreshTokens = new Map<string, Connection>();

  const active = (account: string) => state.connections.filter((c) => c.account === account && !c.revoked);

  return {
    /** A live connection gives the platform's test key access too; a test connection never gives live. */
    reaches: (account: string, mode: Mode) =>
      active(account).some((c) => c.mode === mode || c.mode === 'live'),

    byToken(token: string): { account: string; mode: Mode } | null {
      const held = accessTokens.get(token);
      return held && !held.connection.revoked ? { account: held.connection.account, mode: held.mode } : null;
    },

    /** What the authorize page hands out after a yes. */
    makeCode(account: string, mode: Mode, clientId: string): string {
      const code = newId('ac', 32);
      codes.set(code, { account, mode, clientId, madeAt: now(), used: null });
      return code;
    },

    code: (code: string) => codes.get(code),
    isExpired: (code: Code) => now() >= code.madeAt + CODE_LIFETIME_MS,

    connect(account: string, mode: Mode, clientId: string, code?: Code): Connection {
      const standing = active(account).find((c) => c.mode === mode);
      const connection: Connection = standing ?? {
        account,
        mode,
        clientId,
        scope: 'read_write',
        connectedAt: now(),
        revoked: false,
      };
      if (!standing) state.connections.push(connection);
      if (code) code.used = connection;
      return connection;
    },

    issueTokens(connection: Connection, mode: Mode) {
      const accessToken = newId(`sk_${mode}`, 32);
      const refreshToken = newId('rt', 32);
      accessTokens.set(accessToken, { connection, mode });
      refreshTokens.set(refreshToken, connection);
      return { accessToken, refreshToken };
    },

    byRefreshToken(token: string): Connection | undefined {
      const connection = refreshTokens.get(token);
      return connection?.revoked ? undefined : connection;
    },

    /** Ends the connection of exactly this mode; says whether there was one. */
    revoke(account: string, mode: Mode): boolean {
      const ended = active(account).filter((c) => c.mode === mode);
      for (const connection of ended) connection.revoked = true;
      return ended.length > 0;
    },

    /** Ends whatever lets the platform into this mode. */
    revokeReach(account: string, mode: Mode) {
      for (const c of active(account)) if (c.mode === mode || c.mode === 'live') c.revoked = true;
    },
  };
}
