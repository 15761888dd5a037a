/** The proxy, asked for everything it can do, over the whole seed and both modes. */
import { MODES, type Mode } from '../../src/contract/words.ts';
import { type Fields, isFields } from './finding.ts';
import { type Harvest, harvest } from './gathered.ts';
import { type ProxyScene, setProxyScene, type Via } from './proxy-scene.ts';

const UNITS = ['STRIPE/USD', 'STRIPE/EUR', 'STRIPE/JPY'];
const AT_ONCE = 100;

export async function driveProxy(): Promise<Harvest> {
  const connected = await withScene('connect', async (scene) => {
    await scene.connect('test', { decision: 'cancel' });
    for (const mode of MODES) await scene.connect(mode);
    for (const mode of MODES) await everything(scene, mode);
    await scene.get(null, 'GET', '/session');
    for (const mode of MODES) await scene.get(mode, 'DELETE', `/connect/${mode}`);
  });
  const restricted = await withScene('restricted_key', async (scene) => {
    await scene.get(null, 'GET', '/session');
    await turnOn(scene, 'test');
    await credit(scene, 'test', (await rewards(scene, 'test')).slice(0, 20));
  });
  return harvest([...connected, ...restricted]);
}

export async function withScene(
  via: Via,
  play: (scene: ProxyScene) => Promise<void>,
  change?: Parameters<typeof setProxyScene>[1],
) {
  const scene = await setProxyScene(via, change);
  try {
    await play(scene);
    return scene.gathered;
  } finally {
    await scene.close();
  }
}

async function everything(scene: ProxyScene, mode: Mode): Promise<void> {
  await turnOn(scene, mode);
  const found = await rewards(scene, mode);
  await credit(scene, mode, found, { dryRun: true });
  await credit(scene, mode, found);
  await lookAtParticipants(scene, mode);
  await standAtTheDesk(scene, mode);
  await linkTheUnlinked(scene, mode);
  // Again: what is settled is resumed, what was linked is paid now, and a person confirms the open currencies.
  const again = await rewards(scene, mode);
  await credit(scene, mode, again);
  await credit(scene, mode, again, { confirmCurrency: again.slice(0, AT_ONCE) });
  await takeBack(scene, mode);
  await scene.get(mode, 'PUT', `/${mode}/lease`);
  await sitAtTheDesk(scene, mode);
}

/** Looks at everything that the dashboard shows, after an invoice has used a credit. */
async function sitAtTheDesk(scene: ProxyScene, mode: Mode): Promise<void> {
  const { rows } = (await scene.get(mode, 'GET', `/${mode}/ledger?sort=newest`)).body;
  const credited = listed(rows).filter(({ point }) => point !== 'claimed');
  const monthly = scene.seed.stripe.customers.find(
    ({ id, monthly: billed }) => billed && credited.some(({ customer }) => customer === id),
  );
  if (monthly) scene.stripe.finalizeInvoice(monthly.id);
  for (const { reward, accountId, userId } of credited.slice(0, 10)) {
    await scene.get(mode, 'GET', `/${mode}/rewards/${reward}`);
    await scene.get(mode, 'GET', `/${mode}/rewards/${reward}/landing`);
    const participant = { accountId: String(accountId), id: String(userId) };
    await scene.get(mode, 'GET', `${participantPath(mode, participant)}/landing`);
  }
  await scene.get(mode, 'GET', `/${mode}/overview`);
  await scene.get(mode, 'GET', `/${mode}/health`);
}

/** Somebody takes a link away by hand after the credit: one reversal is confirmed, the others are dismissed. */
async function takeBack(scene: ProxyScene, mode: Mode): Promise<void> {
  const { rows } = (await scene.get(mode, 'GET', `/${mode}/ledger`)).body;
  const credited = listed(rows).find(({ point }) => point !== 'claimed');
  if (credited === undefined) throw new Error(`Nothing was credited in ${mode} mode.`);
  const participant = { accountId: String(credited.accountId), id: String(credited.userId) };
  const path = `${participantPath(mode, participant)}/link`;
  await scene.get(mode, 'DELETE', path, { previous: credited.customer });
  const { reversals } = (await scene.get(mode, 'GET', `/${mode}/reversals?state=proposed`)).body;
  const [first, ...others] = listed(reversals);
  const { reward, unspent } = (await scene.get(mode, 'GET', `/${mode}/reversals/${first?.reward}`)).body;
  await scene.get(mode, 'POST', `/${mode}/reversals`, { reward, seen: unspent });
  for (const other of others) await scene.get(mode, 'POST', `/${mode}/reversals/${other.reward}/dismiss`);
}

export async function turnOn(scene: ProxyScene, mode: Mode): Promise<void> {
  await scene.get(mode, 'GET', `/${mode}/units`);
  const { version } = (await scene.get(mode, 'GET', `/${mode}/settings`)).body;
  const settings = { units: UNITS, paused: false, currencyRule: 'confirm', caps: {} };
  const { body } = await scene.get(mode, 'PUT', `/${mode}/settings`, { version, ...settings });
  await scene.get(mode, 'POST', `/${mode}/backfill`, { version: body.version, seen: [] });
}

export async function rewards(scene: ProxyScene, mode: Mode): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const { body } = await scene.get(mode, 'GET', `/${mode}/rewards${after && `?after=${after}`}`);
    ids.push(...listed(body.rewards).map(({ id }) => String(id)));
    after = String(body.after);
    if (body.more !== true) return ids;
  }
}

/** Answers the outcomes. */
export async function credit(
  scene: ProxyScene,
  mode: Mode,
  ids: string[],
  more: Fields = {},
): Promise<Fields[]> {
  const outcomes: Fields[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const body = { rewards: ids.slice(from, from + AT_ONCE), ...more };
    outcomes.push(...(await scene.get(mode, 'POST', `/${mode}/credits`, body)).lines);
  }
  return outcomes;
}

export const participantPath = (mode: Mode, { accountId, id }: { accountId: string; id: string }) =>
  `/${mode}/participants/${encodeURIComponent(accountId)}/${encodeURIComponent(id)}`;

async function lookAtParticipants(scene: ProxyScene, mode: Mode): Promise<void> {
  for (const participant of scene.seed.advocate.participants.filter((p) => p.mode === mode)) {
    await scene.get(mode, 'GET', participantPath(mode, participant));
    const { email, id, lastName } = participant;
    for (const q of [email, email?.toUpperCase(), id, lastName])
      if (q) await scene.get(mode, 'GET', `/${mode}/participants?q=${encodeURIComponent(q)}`);
  }
}

/** Who waits, who fits them; those that are sure are tried and linked together, and everybody is listed. */
async function standAtTheDesk(scene: ProxyScene, mode: Mode): Promise<void> {
  const { participants } = (await scene.get(mode, 'GET', `/${mode}/unlinked`)).body;
  const keys = listed(participants).map(({ accountId, userId }) => ({ accountId, userId }));
  const { matches } = (await scene.get(mode, 'POST', `/${mode}/matches`, { participants: keys.slice(0, 20) }))
    .body;
  const links = listed(matches)
    .filter(({ sure }) => sure !== null)
    .map(({ accountId, userId, sure }) => ({ accountId, userId, customer: sure, previous: null }));
  for (const dryRun of [true, false])
    if (links.length > 0) await scene.get(mode, 'POST', `/${mode}/links`, { links, dryRun });
  for (let after: unknown = ''; after !== null; )
    after = (await scene.get(mode, 'GET', `/${mode}/links${after && `?after=${after}`}`)).body.after;
}

/** Looks for the customer in every way there is, makes one where there is none, links, and takes one link back. */
async function linkTheUnlinked(scene: ProxyScene, mode: Mode): Promise<void> {
  const unlinked = scene.seed.advocate.participants.filter(
    (p) => p.mode === mode && p.customFields?.stripeCustomerId === undefined,
  );
  for (const participant of unlinked) {
    const { accountId, id, email, firstName, lastName } = participant;
    const search = async (q: string) => {
      const query = new URLSearchParams({ q, accountId, userId: id });
      return listed((await scene.get(mode, 'GET', `/${mode}/customers?${query}`)).body.candidates);
    };
    const candidates = email ? await search(email) : [];
    const named = await search(`${firstName} ${lastName}`);
    await search(lastName ?? 'Jo');
    const made = await scene.ask(mode, 'POST', `/${mode}/customers`, { accountId, userId: id });
    const customer = candidates[0]?.id ?? named[0]?.id ?? made.body.id;
    if (customer === undefined) continue;
    await search(String(customer));
    await scene.get(mode, 'GET', `/${mode}/customers/${customer}`);
    const path = `${participantPath(mode, participant)}/link`;
    await scene.ask(mode, 'PUT', path, { customer, previous: null });
    if (participant === unlinked[0]) {
      await scene.ask(mode, 'DELETE', path, { previous: customer });
      await scene.ask(mode, 'PUT', path, { customer, previous: null });
    }
  }
}

const listed = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
