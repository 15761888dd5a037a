/** The proxy's parts, put together once. */
import { readFileSync } from 'node:fs';
import { ProblemError } from '../contract/problems.ts';
import type { Settings } from '../contract/routes.ts';
import { MODES, type Mode } from '../contract/words.ts';
import { type Advocate, createAdvocate } from './advocate.ts';
import { AdvocateError } from './advocate-error.ts';
import { type CheckSignature, createSignatureCheck } from './advocate-signature.ts';
import { type Alerts, createAlerts } from './alerts.ts';
import { type Connections, createConnections } from './connections.ts';
import { type Database, stayAlive } from './database.ts';
import type { Environment } from './environment.ts';
import { createHintService, type HintService } from './hint-service.ts';
import { createHolds, type Holds } from './holds.ts';
import type { Circumstances } from './judge.ts';
import { createLeases, type LeaseStore } from './lease.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createLinks, type Links } from './links.ts';
import type { Log } from './log.ts';
import { lostIn } from './lost.ts';
import { createPairing, type Pairing } from './pairing.ts';
import { createProbes, type Probe, probe } from './probe.ts';
import { createProposals, type Proposals } from './propose-reversals.ts';
import type { KeptMovements } from './read-landing.ts';
import { noteReward } from './redeem-reward.ts';
import { rememberFor } from './remember.ts';
import { createReversals, type Reversals } from './reversals.ts';
import { createSettings, type SettingsStore } from './settings.ts';
import { createTold, type Told } from './told.ts';
import { payerOf } from './units.ts';

/** What one mode works with. Nothing of one mode is reachable from the other. */
export type ModeParts = {
  mode: Mode;
  advocate: Advocate;
  ledger: Ledger;
  links: Links;
  holds: Holds;
  told: Told;
  reversals: Reversals;
  proposals: Proposals;
  paidElsewhere: () => Promise<Circumstances['paidElsewhere']>;
  readSettings: () => Promise<Settings>;
  /** Writes the notes that did not get through before. */
  finishNotes: () => Promise<void>;
};

export type Parts = {
  environment: Environment;
  version: string;
  db: Database;
  pairing: Pairing;
  settings: SettingsStore;
  leases: LeaseStore;
  connections: Connections;
  /** The mode's parts, or the problem that the proxy has no Advocate key for it. */
  ofMode: (mode: Mode) => ModeParts;
  oneAtATime: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** When the ledger began to remember; asked at every run, since a backup may be put back under a running proxy. */
  bornAt: () => Promise<number>;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Whether Advocate and Stripe answer, and what the keys may do; asked every few seconds at most. */
  probe: (mode: Mode) => Promise<Probe>;
  alerts: Alerts;
  /** Whether Advocate signed a webhook. */
  checkSignature: CheckSignature;
  /** The browsers that listen for what webhooks said. */
  hints: HintService;
  /** What was read of customers' balances, to be read once. */
  kept: KeptMovements;
  log: Log;
};

export const VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

const INTEGRATIONS_MS = 60_000;
/** Somebody who has just mended something looks again at once, and must not be told what was. */
const PROBE_MS = 5_000;
/** For a team's sake alone nobody is asked more often. */
const LOST_MS = 10 * 60_000;

export async function createParts(
  environment: Environment,
  db: Database,
  log: Log,
  publicUrl: () => string,
  now: () => number = Date.now,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Parts> {
  const pairing = createPairing(
    db,
    now,
    ({ id }) => log.warn({ browser: id }, 'an old token was used again: this browser has to pair anew'),
    sleep,
  );
  const settings = createSettings(db, now);
  const leases = createLeases(db);
  const modes = { test: partsOf('test'), live: partsOf('live') };

  function partsOf(mode: Mode): ModeParts | null {
    const access = environment.advocate[mode];
    if (access === null) return null;
    const advocate = createAdvocate({ base: environment.advocateBase, ...access });
    const ledger = createLedger(db, mode, access.tenant);
    const proposals = createProposals(db, mode);
    return {
      mode,
      advocate,
      ledger,
      links: createLinks(db, mode, proposals.relinked),
      holds: createHolds(db, mode),
      told: createTold(db, mode),
      reversals: createReversals(db, mode, access.tenant),
      proposals,
      paidElsewhere: rememberFor(INTEGRATIONS_MS, now, () => readPayers(advocate, log)),
      readSettings: () => settings.read(mode),
      async finishNotes() {
        for (const row of await ledger.unnoted(50))
          if (!(await noteReward({ ledger, advocate }, row))) return;
      },
    };
  }

  const connections = createConnections(
    environment,
    db,
    now,
    sleep,
    () => `${publicUrl()}/v1/connect/callback`,
    undefined,
    (answer) => log[answer.method === 'GET' && answer.status < 400 ? 'debug' : 'info'](answer, 'stripe'),
  );
  const probeEvery = (ms: number) =>
    createProbes(ms, now, connections, async (mode) =>
      probe(db, modes[mode]?.advocate ?? null, await connections.current(mode)),
    );
  const alerts = createAlerts({
    db,
    url: environment.alertWebhookUrl,
    nothingRunMs: environment.alertNothingRunMs,
    modes: MODES.filter((mode) => modes[mode] !== null),
    readSettings: settings.read,
    connections: lostIn(db, probeEvery(LOST_MS), connections),
    log,
  });

  return {
    environment,
    version: VERSION,
    db,
    pairing,
    settings,
    leases,
    connections,
    probe: probeEvery(PROBE_MS),
    alerts,
    checkSignature: createSignatureCheck(environment.advocateBase),
    hints: createHintService({ db, databaseUrl: environment.databaseUrl, leases, log }),
    kept: new Map(),
    ofMode(mode) {
      const parts = modes[mode];
      if (parts === null)
        throw new ProblemError('mode_not_configured', {
          action: `Set ADVOCATE_TENANT_${mode.toUpperCase()} and ADVOCATE_API_KEY_${mode.toUpperCase()} in the proxy’s settings file.`,
        });
      return parts;
    },
    oneAtATime: createTurns(),
    bornAt: () => stayAlive(db),
    now,
    sleep,
    log,
  };
}

/** A key that may not list integrations leaves the marks on the rewards themselves as the guard. */
async function readPayers(advocate: Advocate, log: Log): Promise<Circumstances['paidElsewhere']> {
  try {
    return payerOf(await advocate.integrations());
  } catch (error) {
    if (!(error instanceof AdvocateError && error.failure === 'refused')) throw error;
    log.warn({ detail: error.message }, 'Advocate does not tell its integrations');
    return () => null;
  }
}

/** Work of one name waits for its turn; different names do not wait for each other. */
function createTurns(): Parts['oneAtATime'] {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}
