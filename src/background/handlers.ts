/** What the worker does for each message. The proxy decides again on everything that matters. */
import type { PopupState } from '../contract/messages.ts';
import { ProblemError } from '../contract/problems.ts';
import { REASON_CODES, REASONS } from '../contract/reasons.ts';
import type { ParticipantDetail, ParticipantKey } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { told } from '../locales/told.ts';
import type { Handlers } from './answer.ts';
import type { Notifier } from './notify.ts';
import type { PairingStore } from './pairing.ts';
import type { ProxyClient } from './proxy-client.ts';
import type { Queue } from './queue.ts';
import type { Row } from './queue-row.ts';
import { followHolds, retryAll } from './reward-deeds.ts';
import { problemOf, type Runs } from './runs.ts';
import type { SessionStore } from './session.ts';

type Options = {
  pairing: PairingStore;
  session: SessionStore;
  queues: Record<Mode, Queue>;
  runs: Pick<Runs, 'kick'>;
  notifier: Pick<Notifier, 'quiet' | 'setQuiet'>;
  state: () => Promise<PopupState>;
  changed: () => void;
};

const RETRIED = REASON_CODES.filter(
  (reason) => REASONS[reason].state === 'waiting' && REASONS[reason].action === 'retry',
);

export function createHandlers({
  pairing,
  session,
  queues,
  runs,
  notifier,
  state,
  changed,
}: Options): Handlers {
  const role = async () => (await session.cached())?.session.role ?? (await pairing.current())?.role ?? null;

  /** `shown` is the mode that a page showed: a deed goes where the person saw it go, whatever was chosen meanwhile. */
  async function ask<T>(work: (proxy: ProxyClient, mode: Mode) => Promise<T>, shown?: Mode): Promise<T> {
    const [proxy, mode] = [await pairing.client(), shown ?? (await session.mode())];
    return work(proxy, mode);
  }

  /** Not awaited by the reply: a run can take minutes, and people see it through `stateChanged`. */
  function run(): void {
    void runs.kick();
  }

  async function runIfAdmin(): Promise<void> {
    if ((await role()) === 'admin') run();
  }

  async function onlyAdmin(): Promise<void> {
    const now = await role();
    if (now === null) await pairing.client(); // Says why there is no role.
    if (now !== 'admin') throw new ProblemError('forbidden', told({ action: say('ui_ask_admin') }));
  }

  /** A failure is part of what the popup paints, not a reason to paint nothing. */
  async function refresh(): Promise<PopupState> {
    try {
      await session.refresh(await pairing.client());
      await session.setProblem('reach', null);
    } catch (error) {
      const problem = problemOf(error);
      await session.setProblem('reach', problem.code === 'not_paired' ? null : problem);
    }
    changed();
    return state();
  }

  async function afterLink(key: ParticipantKey, mode: Mode): Promise<void> {
    await queues[mode].wake(key);
    changed();
    await runIfAdmin();
  }

  const keyOf = ({ accountId, userId }: ParticipantKey): ParticipantKey => ({ accountId, userId });

  return {
    state: () => state(),
    async refresh() {
      const before = await session.cached();
      const now = await refresh();
      const wasThere = before?.session.modes[now.mode];
      const isThere = now.session?.modes[now.mode];
      const news =
        wasThere?.stripe.connectedAt !== isThere?.stripe.connectedAt ||
        wasThere?.settings.version !== isThere?.settings.version;
      if (news) await runIfAdmin();
      return state();
    },

    async pair({ proxy, code }) {
      await pairing.pair(proxy, code);
      await session.clear();
      await refresh();
      run();
      return state();
    },
    async unpair() {
      try {
        await (await pairing.client()).leave();
      } catch {
        // Whoever wants to leave a proxy that is gone must be able to; an admin can revoke the token there.
      }
      await pairing.unpair();
      await session.clear();
      changed();
      return state();
    },
    async chooseMode({ mode }) {
      await session.chooseMode(mode);
      changed();
      return state();
    },

    async looked(found, shown) {
      await session.look(shown ?? (await session.mode()), found);
      changed();
      return state();
    },
    quietHours: async () => ({ quiet: await notifier.quiet() }),
    async saveQuietHours({ quiet }) {
      await notifier.setQuiet(quiet);
      changed();
      return { quiet };
    },

    connect: (_, shown) => ask((proxy, mode) => proxy.connect(mode), shown),
    async disconnect(_, shown) {
      await ask((proxy, mode) => proxy.disconnect(mode), shown);
      await refresh();
      await runIfAdmin();
      return state();
    },
    units: (_, shown) => ask((proxy, mode) => proxy.units(mode), shown),
    async saveSettings(settings, shown) {
      await ask((proxy, mode) => proxy.saveSettings(mode, settings), shown);
      await refresh();
      await runIfAdmin();
      return state();
    },

    async run(_, shown) {
      await onlyAdmin();
      // A person does not wait for the next try: what would be tried again by itself is tried now.
      await queues[shown ?? (await session.mode())].wakeAll(RETRIED);
      run();
      return state();
    },
    async retry({ reward }, shown) {
      await onlyAdmin();
      if (!(await queues[shown ?? (await session.mode())].release(reward)))
        throw new ProblemError('not_found');
      changed();
      run();
      return state();
    },
    async retryRewards({ rewards }, shown) {
      await onlyAdmin();
      const outcomes = await retryAll(queues[shown ?? (await session.mode())], rewards);
      changed();
      run();
      return { outcomes };
    },
    async holdRewards(request, shown) {
      await onlyAdmin();
      return ask(async (proxy, mode) => {
        const answer = await proxy.holds(mode, request);
        await followHolds(queues[mode], request.deed, answer);
        changed();
        if (request.deed === 'release') run();
        return answer;
      }, shown);
    },
    async confirmCurrency({ reward }, shown) {
      await onlyAdmin();
      if (!(await queues[shown ?? (await session.mode())].confirmCurrency(reward)))
        throw new ProblemError('not_found');
      changed();
      run();
      return state();
    },
    async releaseCap({ reward }, shown) {
      await onlyAdmin();
      if (!(await queues[shown ?? (await session.mode())].releaseCap(reward)))
        throw new ProblemError('not_found');
      changed();
      run();
      return state();
    },
    async confirmBackfill(confirmed, shown) {
      await ask((proxy, mode) => proxy.confirmBackfill(mode, confirmed), shown);
      await refresh();
      await runIfAdmin();
      return state();
    },
    async preview({ rewards }, shown) {
      await onlyAdmin();
      return ask(async (proxy, mode) => {
        // What people agreed to already is part of what would happen.
        const rows = (await Promise.all(rewards.map(queues[mode].row))).flatMap((row) => row ?? []);
        const agreed = (isSo: (row: Row) => boolean) => rows.filter(isSo).map((row) => row.reward);
        const outcomes = await proxy.preview(mode, {
          rewards,
          confirmCurrency: agreed((row) => row.confirmedCurrency),
          releaseCap: agreed((row) => row.releasedCap === true),
        });
        return { outcomes };
      }, shown);
    },

    /** Of both modes: what a browser was paired for belongs to neither. */
    audit: (query) => ask((proxy) => proxy.audit(query)),
    reconcile: (_, shown) => ask((proxy, mode) => proxy.reconcile(mode), shown),

    overview: (query, shown) => ask((proxy, mode) => proxy.overview(mode, query), shown),
    ledger: (query, shown) => ask((proxy, mode) => proxy.ledger(mode, query), shown),
    queuePage: async (query, shown) => queues[shown ?? (await session.mode())].page(query),
    story: ({ reward }, shown) => ask((proxy, mode) => proxy.story(mode, reward), shown),
    rewardLanding: ({ reward }, shown) => ask((proxy, mode) => proxy.rewardLanding(mode, reward), shown),
    health: (_, shown) => ask((proxy, mode) => proxy.health(mode), shown),
    /** Of both modes: a browser is paired for both. */
    team: () => ask((proxy) => proxy.team()),
    invite: ({ role }) => ask((proxy) => proxy.invite(role)),
    removeMember: ({ browser }) => ask((proxy) => proxy.removeMember(browser)),

    reversals: (query, shown) => ask((proxy, mode) => proxy.reversals(mode, query), shown),
    reversal: ({ reward }, shown) => ask((proxy, mode) => proxy.reversal(mode, reward), shown),
    reverse: (request, shown) =>
      ask(async (proxy, mode) => {
        const view = await proxy.reverse(mode, request);
        if (view.state !== 'reversed') return view;
        // The next page says it to every browser; whoever did it sees it at once.
        const { reward, money, customer } = view;
        const taken = { reward, money, customer, state: 'reversed', reason: null, facts: {} } as const;
        await queues[mode].settle({ ...taken, retryAt: null, credit: null });
        changed();
        return view;
      }, shown),
    dismissReversal: ({ reward }, shown) => ask((proxy, mode) => proxy.dismissReversal(mode, reward), shown),

    unlinked: (query, shown) => ask((proxy, mode) => proxy.unlinked(mode, query), shown),
    matches: (request, shown) => ask((proxy, mode) => proxy.matches(mode, request), shown),
    links: (query, shown) => ask((proxy, mode) => proxy.links(mode, query), shown),
    linkMany: (request, shown) =>
      ask(async (proxy, mode) => {
        const outcomes = await proxy.linkMany(mode, request);
        // Also one that stood like that already: its first answer may have been lost.
        const linked = request.dryRun ? [] : outcomes.filter(({ state }) => state !== 'refused');
        for (const one of linked) await queues[mode].wake(keyOf(one));
        if (linked.length > 0) {
          changed();
          await runIfAdmin();
        }
        return { outcomes };
      }, shown),

    async desk() {
      const now = await role();
      const paired = await pairing.current();
      if (now === null || paired === null) return null;
      const mode = await session.mode();
      const modes = (await session.cached())?.session.modes;
      const tenants = {
        test: modes?.test.advocate.tenant ?? null,
        live: modes?.live.advocate.tenant ?? null,
      };
      return { mode, role: now, lease: modes?.[mode].lease ?? null, tenants };
    },
    participants: ({ q }, shown) => ask((proxy, mode) => proxy.participants(mode, q), shown),
    participant: (key, shown) => ask((proxy, mode) => proxy.participant(mode, key), shown),
    landing: (key, shown) => ask((proxy, mode) => proxy.landing(mode, key), shown),
    customers: ({ q, participant }, shown) =>
      ask((proxy, mode) => proxy.customers(mode, q, participant), shown),
    createCustomer: (key, shown) => ask((proxy, mode) => proxy.createCustomer(mode, key), shown),
    link: ({ customer, previous, ...key }, shown): Promise<ParticipantDetail> =>
      ask(async (proxy, mode) => {
        const linked = await proxy.link(mode, keyOf(key), { customer, previous });
        await afterLink(keyOf(key), mode);
        return linked;
      }, shown),
    unlink: ({ previous, ...key }, shown): Promise<ParticipantDetail> =>
      ask(async (proxy, mode) => {
        const unlinked = await proxy.unlink(mode, keyOf(key), { previous });
        await afterLink(keyOf(key), mode);
        return unlinked;
      }, shown),
  };
}
