import type { LandingAnswer } from '../../contract/landing.ts';
import type { MessageName, Reply, Request } from '../../contract/messages.ts';
import type { Problem } from '../../contract/problems.ts';
import type { Candidate, Lease, ParticipantDetail, ParticipantKey } from '../../contract/routes.ts';

import { say } from '../../locales/say.ts';
import { retold, titleSaid } from '../../locales/told.ts';

export const UNDO_MS = 10_000;
const REFRESH_MS = 3_000;
/** A minute: a drain that has not come by then comes by the worker's alarm, and the page need not wait for it. */
const MOST_REFRESHES = 20;

/** Refusals come back as values. */
export type AskForReply = <N extends MessageName>(name: N, request: Request<N>) => Promise<Reply<N>>;

export type FinderState = {
  q: string;
  searching: boolean;
  searched: string | null;
  candidates: Candidate[];
  problem: Problem | null;
};

type Change = { to: string | null; from: string | null };
type Done = { text: string; undo: Change | null };

export type LinkState = {
  detail: ParticipantDetail;
  finder: FinderState | null;
  busy: 'linking' | 'unlinking' | 'creating' | 'reading' | null;
  /** The customer that is being linked. */
  linking: string | null;
  /** Why the last change was refused. */
  problem: Problem | null;
  /** Where the credits went; null until it is known. */
  landing: LandingAnswer | 'failed' | null;
  /** What was just done, spoken and shown, with the way back where there is one. */
  done: Done | null;
};

type Options = {
  ask: AskForReply;
  detail: ParticipantDetail;
  /** Whose browser sends, as far as is known. */
  lease: Lease | null;
  signal: AbortSignal;
  /** Whether the participant is still the one that the person sees, asked right before anything is written. */
  stillHere: () => boolean;
  onChange: () => void;
};

/** What can be done about one participant's link, without a page. It proposes; the proxy decides. */
export class LinkModel {
  state: LinkState;
  readonly lease: Lease | null;
  readonly #options: Options;
  /** Answers to questions asked before the last change are out of date. */
  #turn = 0;
  /** Each search and each opening of the finder puts the answers to earlier searches out of date. */
  #searches = 0;
  /** What had been credited when it was last asked where that went. */
  #landed: string | null = null;
  #refreshes = 0;
  #refreshing: ReturnType<typeof setTimeout> | undefined;
  #undoing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.lease = options.lease;
    this.state = {
      detail: options.detail,
      finder: null,
      busy: null,
      linking: null,
      problem: null,
      landing: null,
      done: null,
    };
    options.signal.addEventListener('abort', () => {
      clearTimeout(this.#refreshing);
      clearTimeout(this.#undoing);
    });
    this.#refreshSoon();
  }

  openFinder = (): void => {
    const { email, name } = this.state.detail;
    const q = email ?? name ?? '';
    this.#searches++;
    this.#set({ finder: { ...EMPTY, q }, problem: null });
    if (q !== '') void this.search(q);
  };

  closeFinder = (): void => this.#set({ finder: null, problem: null });

  type = (q: string): void => {
    if (this.state.finder) this.#set({ finder: { ...this.state.finder, q } });
  };

  search = async (text: string): Promise<void> => {
    const q = text.trim();
    if (q === '') return;
    this.#set({ finder: { ...EMPTY, q, searching: true }, problem: null });
    const search = ++this.#searches;
    const reply = await this.#options.ask('customers', { q, participant: this.#key() });
    const now = this.state.finder;
    if (search !== this.#searches || !now) return;
    this.#set({
      finder: reply.ok
        ? { ...now, searching: false, searched: q, candidates: reply.value.candidates }
        : { ...now, searching: false, problem: reply.problem },
    });
  };

  link = ({ id, name }: { id: string; name: string | null }): Promise<void> =>
    this.#change({ from: this.state.detail.link, to: id }, say('link_done_linked', { customer: name ?? id }));

  /** A customer that is known by its id: linked once looked up, unless something speaks against it. */
  use = async (id: string): Promise<void> => {
    if (this.state.busy) return;
    await this.search(id);
    const { searched, candidates } = this.state.finder ?? EMPTY;
    const found = searched === id ? candidates.find((candidate) => candidate.id === id) : undefined;
    if (found?.warnings.every((each) => each === 'currency_unset')) await this.link(found);
  };

  unlink = async (): Promise<void> => {
    const from = this.state.detail.link;
    if (from !== null) await this.#change({ from, to: null }, say('link_done_unlinked'));
  };

  undo = async (): Promise<void> => {
    const undo = this.state.done?.undo;
    if (undo) await this.#change(undo, say('link_done_undone'), { undoable: false });
  };

  /** Creating is asked for this participant by name, so the new customer is linked as well. */
  create = async (): Promise<void> => {
    const { busy, detail } = this.state;
    if (busy || !this.#mayWrite()) return;
    this.#set({ busy: 'creating', problem: null, done: null });
    const reply = await this.#options.ask('createCustomer', this.#key());
    this.#set({ busy: null });
    if (!reply.ok) return this.#set({ problem: reply.problem });
    const { name, id } = reply.value;
    const otherwise = say('link_create_not_linked', { customer: id });
    if (!this.#mayWrite(otherwise)) return;
    const text = say('link_done_created', { customer: name ?? id });
    await this.#change({ from: detail.link, to: id }, text, { otherwise });
  };

  /** The participant as it stands now. */
  reload = async (): Promise<void> => {
    if (this.state.busy) return;
    this.#turn++;
    this.#set({ busy: 'reading', problem: null, done: null });
    const reply = await this.#options.ask('participant', this.#key());
    this.#set({ busy: null, ...(reply.ok ? { detail: reply.value } : { problem: reply.problem }) });
    this.#watchAnew();
  };

  /** Stripe counts what is read of it: asked for once somebody sees it, and once more when more was credited. */
  readLanding = async (again = false): Promise<void> => {
    const credited = JSON.stringify(this.state.detail.credited);
    if (credited === this.#landed && !again) return;
    this.#landed = credited;
    if (again) this.#set({ landing: null });
    const reply = await this.#options.ask('landing', this.#key());
    if (credited === this.#landed) this.#set({ landing: reply.ok ? reply.value : 'failed' });
  };

  /** @param otherwise what is left behind where the change is refused. */
  async #change(change: Change, text: string, { undoable = true, otherwise = '' } = {}): Promise<void> {
    const { detail, busy } = this.state;
    if (busy || !this.#mayWrite()) return;
    const { to, from } = change;
    this.#turn++;
    this.#set({ busy: to === null ? 'unlinking' : 'linking', linking: to, problem: null, done: null });
    const reply = await this.#send(change);
    this.#set({ busy: null, linking: null });
    // A link that was broken cannot be put back: the proxy would refuse it.
    const back = undoable && (from === null || detail.customer !== null);
    const done: Done = { text, undo: back ? { from: to, to: from } : null };
    if (reply.ok) return this.#changed(reply.value, done);
    const { problem } = reply;
    await this.#refused(otherwise === '' ? problem : alongside(problem, otherwise), to, done);
  }

  #send({ from, to }: Change): Promise<Reply<'link' | 'unlink'>> {
    const { ask } = this.#options;
    if (to !== null) return ask('link', { ...this.#key(), customer: to, previous: from });
    return ask('unlink', { ...this.#key(), previous: from ?? '' });
  }

  #changed(detail: ParticipantDetail, done: Done): void {
    if (this.#options.signal.aborted) return;
    this.#set({ detail, finder: null, problem: null, done });
    clearTimeout(this.#undoing);
    this.#undoing = setTimeout(this.#endUndo, UNDO_MS);
    this.#watchAnew();
  }

  /**
   * Somebody else was first: what stands now is shown, nothing was overwritten, and what was typed stays. An answer that
   * was lost says nothing about what was done: reading tells.
   */
  async #refused(problem: Problem, to: string | null, done: Done): Promise<void> {
    this.#set({ problem });
    const lost = problem.status >= 500;
    if (this.#options.signal.aborted || (!lost && problem.code !== 'link_changed')) return this.#watchAnew();
    const turn = this.#turn;
    const reply = await this.#options.ask('participant', this.#key());
    if (turn !== this.#turn || this.state.busy || !reply.ok) return;
    if (lost && reply.value.link === to) return this.#changed(reply.value, done);
    this.#set({ detail: reply.value });
    this.#watchAnew();
  }

  #endUndo = (): void => {
    if (this.state.done) this.#set({ done: { ...this.state.done, undo: null } });
  };

  #watchAnew(): void {
    this.#refreshes = 0;
    this.#refreshSoon();
  }

  #refreshSoon(): void {
    clearTimeout(this.#refreshing);
    const { customer, rewards } = this.state.detail;
    if (!customer || !rewards.some(({ state }) => state !== 'held')) return;
    if (this.#refreshes >= MOST_REFRESHES || this.#options.signal.aborted) return;
    this.#refreshing = setTimeout(() => void this.#refresh(), REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    const turn = this.#turn;
    this.#refreshes++;
    const reply = await this.#options.ask('participant', this.#key());
    if (turn !== this.#turn || this.state.busy) return this.#refreshSoon();
    if (reply.ok) {
      const { detail } = this.state;
      // Taking the link back would not take the money back, so it is no longer offered as if it did.
      if (total(reply.value) > total(detail)) this.#endUndo();
      // What was done here was changed by somebody else since.
      if (reply.value.link !== detail.link) this.#set({ done: null });
      this.#set({ detail: reply.value });
    }
    this.#refreshSoon();
  }

  #mayWrite(outcome = say('link_not_changed')): boolean {
    if (this.#options.signal.aborted) return false;
    if (this.#options.stillHere()) return true;
    const moved: Problem = { type: 'about:blank', code: 'page_moved_on', status: 409, title: '' };
    this.#set({ problem: retold(alongside(moved, outcome), { action: say('link_moved_on_action') }) });
    return false;
  }

  #key(): ParticipantKey {
    const { accountId, userId } = this.state.detail;
    return { accountId, userId };
  }

  #set(part: Partial<LinkState>): void {
    if (this.#options.signal.aborted) return;
    this.state = { ...this.state, ...part };
    this.#options.onChange();
  }
}

const EMPTY: FinderState = { q: '', searching: false, searched: null, candidates: [], problem: null };
const total = (detail: ParticipantDetail) => detail.credited.reduce((sum, { amount }) => sum + amount, 0);

/** What happened, and what came of something else beside it. */
const alongside = (problem: Problem, second: string): Problem =>
  retold(problem, { title: say('ui_two_sentences', { first: titleSaid(problem), second }) });
