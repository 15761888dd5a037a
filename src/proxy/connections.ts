/** Which Stripe account each mode pays into, and how access to it was given and lost. */
import { randomBytes } from 'node:crypto';
import Stripe from 'stripe';
import { ProblemError } from '../contract/problems.ts';
import type { Session } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { type Actor, actorOf, append, record } from './audit.ts';
import { clockOf, type Database, databaseNow } from './database.ts';
import type { Environment } from './environment.ts';
import { createMeter, type Meter } from './meter.ts';
import { strikeSecrets } from './secrets.ts';
import {
  createStripeAccess,
  createStripeSdk,
  type StripeAccess,
  type StripeAnswer,
} from './stripe-access.ts';
import { StripeFailureError } from './stripe-failure.ts';
import { createTempo, type Tempo } from './tempo.ts';
import { hash } from './tokens.ts';
import { forgetTold } from './told.ts';

export type Connections = ReturnType<typeof createConnections>;
type StripeStatus = Session['modes']['test']['stripe'];

const STATE_MS = 10 * 60_000;
/** A restricted key says nothing about itself, so it is tried, and the result believed for this long. */
const PROBE_MS = 60_000;

export function createConnections(
  environment: Environment,
  db: Database,
  now: () => number,
  sleep: (ms: number) => Promise<void>,
  callbackUrl: () => string,
  meter: Meter = createMeter(now),
  answered?: (answer: StripeAnswer) => void,
) {
  const tempos: Record<Mode, Tempo> = { test: createTempo(now, sleep), live: createTempo(now, sleep) };
  const sdks = new Map<string, Stripe>();
  const sdk = (key: string, base: string) => {
    const name = `${base} ${key}`;
    const made = sdks.get(name) ?? createStripeSdk(key, base, answered);
    sdks.set(name, made);
    return made;
  };
  const probes = new Map<Mode, { at: number; broken: string | null }>();
  const row = (mode: Mode) =>
    db.selectFrom('connections').selectAll().where('mode', '=', mode).executeTakeFirst();

  /** What calls go through, or null while there is no account, or its access was taken back. */
  async function current(mode: Mode): Promise<StripeAccess | null> {
    const access = environment.stripe[mode];
    if (access === null) return null;
    if (access.via === 'restricted_key')
      return createStripeAccess(
        sdk(access.restrictedKey, environment.stripeApiBase),
        mode,
        null,
        sleep,
        undefined,
        meter.of(mode),
        tempos[mode],
      );
    const connection = await row(mode);
    if (connection === undefined || connection.broken !== null) return null;
    return createStripeAccess(
      sdk(access.secretKey, environment.stripeApiBase),
      mode,
      connection.account,
      sleep,
      () => whyLost(mode, connection.account),
      meter.of(mode),
      tempos[mode],
    );
  }

  /** A cheap read, made before every call to Stripe. */
  async function whyLost(mode: Mode, account: string): Promise<string | null> {
    const connection = await row(mode);
    if (connection?.account !== account) return `The account ${account} is not connected any more.`;
    return connection.broken;
  }

  function connectAccess(mode: Mode) {
    const access = environment.stripe[mode];
    if (access === null)
      throw new ProblemError('connect_not_possible', {
        action: `Set STRIPE_CLIENT_ID_${mode.toUpperCase()} and STRIPE_SECRET_KEY_${mode.toUpperCase()} in the proxy’s settings file.`,
      });
    if (access.via === 'restricted_key')
      throw new ProblemError('connect_not_possible', {
        detail: 'The proxy uses a restricted key, so there is nothing to connect.',
      });
    return { ...access, oauth: sdk(access.secretKey, environment.stripeConnectBase).oauth };
  }

  return {
    current,
    meter,
    /** How fast Stripe is asked in this mode, and how much is under way. */
    tempo: (mode: Mode): Tempo => tempos[mode],

    async status(mode: Mode): Promise<StripeStatus> {
      const access = environment.stripe[mode];
      const none = { account: null, accountName: null, connectedAt: null, broken: null };
      if (access === null) return { via: null, connected: false, ...none };
      if (access.via === 'restricted_key') {
        const broken = await probe(mode);
        return { via: 'restricted_key', connected: broken === null, ...none, broken };
      }
      const connection = await row(mode);
      if (connection === undefined) return { via: 'connect', connected: false, ...none };
      return {
        via: 'connect',
        connected: connection.broken === null,
        account: connection.account,
        accountName: connection.account_name,
        connectedAt: connection.connected_at,
        broken: connection.broken,
      };
    },

    /** From here on nothing is sent for this account, until somebody connects it again. */
    async markBroken(mode: Mode, account: string | null, why: string): Promise<void> {
      const entry = { actor: null, mode, action: 'access_lost', after: { why: strikeSecrets(why) } } as const;
      if (account === null) {
        const known = probes.get(mode)?.broken ?? null;
        probes.set(mode, { at: now(), broken: why });
        if (known === null) await record(db, { ...entry, subject: 'restricted key' });
        return;
      }
      await db.transaction().execute(async (tx) => {
        // Many rewards may hear of it at once; it is lost once.
        const broken = await tx
          .updateTable('connections')
          .set({ broken: why })
          .where('mode', '=', mode)
          .where('account', '=', account)
          .where('broken', 'is', null)
          .returning('account')
          .executeTakeFirst();
        if (broken !== undefined) await append(tx, { ...entry, subject: account });
      });
    },

    /** Where the admin grants access. The state is random, works once, and belongs to this browser and mode. */
    async begin(mode: Mode, browser: string): Promise<string> {
      const { clientId } = connectAccess(mode);
      const state = randomBytes(32).toString('base64url');
      await db
        .insertInto('connect_states')
        .values({
          hash: hash(state),
          mode,
          browser,
          expires_at: (await databaseNow(db)) + STATE_MS,
          used_at: null,
        })
        .execute();
      const url = new URL('/oauth/authorize', environment.stripeConnectBase);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        scope: 'read_write',
        redirect_uri: callbackUrl(),
        state,
      }).toString();
      return url.href;
    },

    /**
     * What Stripe's redirect brings back. The state is used up before the code is spent, since a code that is sent
     * twice makes Stripe revoke what the first one gave.
     */
    async finish(query: {
      state?: string;
      code?: string;
      error?: string;
      error_description?: string;
    }): Promise<{ mode: Mode; account: string }> {
      const state = await db
        .updateTable('connect_states')
        .set({ used_at: now() })
        .where('hash', '=', hash(query.state ?? ''))
        .where('used_at', 'is', null)
        .where('expires_at', '>', clockOf(db))
        .returning(['mode', 'browser'])
        .executeTakeFirst();
      if (state === undefined || !(await isAdmin(state.browser)))
        throw new ProblemError('connect_state_invalid', { action: 'Start again from the popup.' });
      if (query.error !== undefined || query.code === undefined)
        throw new ProblemError('connect_refused', {
          detail: query.error_description ?? 'Stripe sent no code.',
        });
      const { oauth } = connectAccess(state.mode);
      const granted = await oauth
        .token({ grant_type: 'authorization_code', code: query.code })
        .catch((error: unknown) => {
          const detail =
            error instanceof Stripe.errors.StripeError ? error.message : 'Stripe did not answer.';
          throw new ProblemError(
            'connect_refused',
            { detail, action: 'Start again from the popup.' },
            { cause: error },
          );
        });
      if (!granted.stripe_user_id || granted.livemode !== (state.mode === 'live'))
        throw new ProblemError('connect_refused', {
          detail: `Stripe connected an account of the other mode than ${state.mode}.`,
        });
      const account = granted.stripe_user_id;
      const connection = {
        account,
        account_name: null,
        connected_at: now(),
        connected_by: state.browser,
        broken: null,
      };
      await db.transaction().execute(async (tx) => {
        await tx
          .insertInto('connections')
          .values({ mode: state.mode, ...connection })
          .onConflict((c) => c.column('mode').doUpdateSet(connection))
          .execute();
        await forgetTold(tx, state.mode);
        const actor = await actorOf(tx, state.browser);
        await append(tx, { actor, mode: state.mode, action: 'connected', subject: account });
      });
      const name = await (await current(state.mode))?.accountName();
      if (name)
        await db
          .updateTable('connections')
          .set({ account_name: name })
          .where('mode', '=', state.mode)
          .execute();
      return { mode: state.mode, account };
    },

    /** Gives the access back. Already given back counts as done. */
    async end(mode: Mode, actor: Actor): Promise<void> {
      const { clientId, oauth } = connectAccess(mode);
      const connection = await row(mode);
      if (connection === undefined) return;
      // Ours first: whatever Stripe answers, nothing more is sent.
      await db.transaction().execute(async (tx) => {
        const ended = await tx
          .deleteFrom('connections')
          .where('mode', '=', mode)
          .returning('account')
          .executeTakeFirst();
        if (ended !== undefined)
          await append(tx, { actor, mode, action: 'disconnected', subject: ended.account });
      });
      await oauth
        .deauthorize({ client_id: clientId, stripe_user_id: connection.account })
        .catch((error: unknown) => {
          if (error instanceof Stripe.errors.StripeInvalidClientError) return;
          throw new ProblemError('stripe_unreachable', {
            detail: 'The proxy has forgotten the account, but Stripe did not confirm.',
            action: 'Remove the access in Stripe: Settings, Installed apps.',
          });
        });
    },
  };

  /** Whoever began may have been unpaired since. */
  async function isAdmin(browser: string): Promise<boolean> {
    const found = await db
      .selectFrom('browsers')
      .select('role')
      .where('id', '=', browser)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return found?.role === 'admin';
  }

  async function probe(mode: Mode): Promise<string | null> {
    const last = probes.get(mode);
    if (last !== undefined && now() - last.at < PROBE_MS) return last.broken;
    let broken: string | null = null;
    try {
      await (await current(mode))?.probe();
    } catch (error) {
      if (!(error instanceof StripeFailureError)) throw error;
      broken = error.message;
    }
    probes.set(mode, { at: now(), broken });
    return broken;
  }
}
