import type { Answers, Desk, Reply } from '../contract/messages.ts';
import type { Problem } from '../contract/problems.ts';
import type { Candidate, ParticipantDetail, ParticipantView } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import type { Ask, AskIn } from './ask.ts';
import { otherMode } from './card-text.ts';
import { findParticipant } from './find-participant.ts';
import { addressParts } from './read-address.ts';
import type { Hints } from './recognise.ts';

export const UNDO_MS = 10_000;
const REFRESH_MS = 3_000;
/** A minute: a drain that has not come by then comes by the worker's alarm, and the page need not wait for it. */
const MOST_REFRESHES = 20;

/** `nothing` draws nothing at all: an unsure page stays as it was until Advocate knows somebody. */
export type Screen =
  | { is: 'nothing' | 'loading' | 'not_paired' | 'not_found' | 'other_mode' }
  | { is: 'ask'; participants: ParticipantView[] }
  | { is: 'failed'; problem: Problem }
  | { is: 'participant'; detail: ParticipantDetail };

export type Finder = {
  q: string;
  searching: boolean;
  searched: string | null;
  candidates: Candidate[];
  problem: Problem | null;
};

export type CardState = {
  mode: Mode | null;
  screen: Screen;
  finder: Finder | null;
  busy: 'linking' | 'unlinking' | 'creating' | null;
  /** Why the last change was refused. */
  problem: Problem | null;
  /** What was just done, spoken and shown, with the way back where there is one. */
  done: { text: string; undo: Undo | null } | null;
};

type Change = { to: string | null; from: string | null };
type Undo = Change;

type Options = {
  ask: AskIn;
  hints: Hints;
  sure: boolean;
  address: string;
  signal: AbortSignal;
  /** Whether the page still shows whom the card is about, asked right before anything is written. */
  stillHere: () => boolean;
  onChange: (state: CardState) => void;
};

/** What the card knows and does, without a page. It proposes; the proxy decides. */
export class CardModel {
  state: CardState;
  private readonly options: Options;
  /** Answers to questions asked before the last change are out of date. */
  private turn = 0;
  /** Each search and each opening and closing of the finder puts the answers to earlier searches out of date. */
  private searches = 0;
  /** Several participants are all that the page says: the card holds for its address only. */
  private shared = false;
  private desk: Desk = null;
  private refreshes = 0;
  private refreshing: ReturnType<typeof setTimeout> | undefined;
  private undoing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.options = options;
    this.state = {
      mode: null,
      screen: { is: options.sure ? 'loading' : 'nothing' },
      finder: null,
      busy: null,
      problem: null,
      done: null,
    };
    options.signal.addEventListener('abort', () => {
      clearTimeout(this.refreshing);
      clearTimeout(this.undoing);
    });
  }

  start = async (): Promise<void> => {
    const { hints, sure, address } = this.options;
    const desk = await this.options.ask('desk', {});
    if (!desk.ok) return this.cannotStart(desk.problem);
    if (desk.value === null) return this.show({ is: sure ? 'not_paired' : 'nothing' });
    this.desk = desk.value;
    this.set({ mode: desk.value.mode });
    if (this.ofOtherMode(address)) return this.show({ is: sure ? 'other_mode' : 'nothing' });
    const found = await findParticipant(this.ask, hints, sure, address);
    if (found.kind === 'failed') return this.cannotStart(found.problem);
    if (found.kind === 'none') return this.show({ is: sure ? 'not_found' : 'nothing' });
    this.shared = found.kind === 'one' ? found.shared : found.participants.length > 1;
    if (found.kind === 'ask') return this.show({ is: 'ask', participants: found.participants });
    await this.choose(found.participant);
  };

  fits = (address: string): boolean => {
    const own = this.options.address;
    return address === own || (!this.shared && this.ofOtherMode(address) === this.ofOtherMode(own));
  };

  /** Two tenants can hold the same person; the address then tells which of them the page shows. */
  private ofOtherMode(address: string): boolean {
    if (!this.desk) return false;
    const { mode, tenants } = this.desk;
    const parts = addressParts(address);
    const names = (tenant: string | null) => tenant !== null && parts.has(tenant);
    return names(tenants[otherMode(mode)]) && !names(tenants[mode]);
  }

  /** In the mode that the card shows, even when the popup has been switched to the other one meanwhile. */
  private ask: Ask = (name, request) => this.options.ask(name, request, this.state.mode ?? undefined);

  retry = (): void => {
    this.show({ is: 'loading' });
    void this.start();
  };

  choose = async ({ accountId, userId }: ParticipantView): Promise<void> => {
    this.show({ is: 'loading' });
    const reply = await this.ask('participant', { accountId, userId });
    if (!reply.ok) return this.show({ is: 'failed', problem: reply.problem });
    this.show({ is: 'participant', detail: reply.value });
    if (reply.value.customer) this.refreshSoon();
  };

  openFinder = (): void => {
    const detail = this.detail();
    if (!detail) return;
    // A link in a misspelt field is known already; it only has to be put where it is read from.
    const misplaced = detail.linkProblem === 'field_name_differs' ? detail.facts.customer : undefined;
    const q = misplaced ?? detail.email ?? detail.name ?? '';
    this.searches++;
    this.set({
      finder: { q, searching: false, searched: null, candidates: [], problem: null },
      problem: null,
    });
    if (q !== '') void this.search(q);
  };

  closeFinder = (): void => {
    this.searches++;
    this.set({ finder: null, problem: null });
  };

  type = (q: string): void => {
    if (this.state.finder) this.set({ finder: { ...this.state.finder, q } });
  };

  search = async (text: string): Promise<void> => {
    const detail = this.detail();
    const q = text.trim();
    if (!detail || q === '') return;
    const finder: Finder = { q, searching: true, searched: null, candidates: [], problem: null };
    this.set({ finder, problem: null });
    const search = ++this.searches;
    const reply = await this.ask('customers', { q, participant: keyOf(detail) });
    const now = this.state.finder;
    if (search !== this.searches || !now) return;
    this.set({
      finder: reply.ok
        ? { ...now, searching: false, searched: q, candidates: reply.value.candidates }
        : { ...now, searching: false, problem: reply.problem },
    });
  };

  link = (candidate: { id: string; name: string | null }): Promise<void> =>
    this.change(
      { from: this.detail()?.link ?? null, to: candidate.id },
      `Linked to ${candidate.name ?? candidate.id}.`,
    );

  unlink = async (): Promise<void> => {
    const from = this.detail()?.link ?? null;
    if (from !== null) await this.change({ from, to: null }, 'Unlinked.');
  };

  undo = async (): Promise<void> => {
    const undo = this.state.done?.undo;
    if (undo) await this.change(undo, 'Undone.', false);
  };

  /** Creating is asked for this participant by name, so the new customer is linked as well. */
  create = async (): Promise<void> => {
    const detail = this.detail();
    if (!detail || this.state.busy || !this.mayWrite()) return;
    this.set({ busy: 'creating', problem: null, done: null });
    const reply = await this.ask('createCustomer', keyOf(detail));
    this.set({ busy: null });
    if (!reply.ok) return this.set({ problem: reply.problem });
    const { name, id } = reply.value;
    if (!this.mayWrite(`The customer ${id} was created and is not linked.`)) return;
    await this.change({ from: detail.link, to: id }, `Created and linked ${name ?? id}.`);
  };

  private async change(change: Change, text: string, undoable = true): Promise<void> {
    const detail = this.detail();
    if (!detail || this.state.busy || !this.mayWrite()) return;
    this.turn++;
    this.set({ busy: change.to === null ? 'unlinking' : 'linking', problem: null, done: null });
    const reply = await this.send(detail, change);
    this.set({ busy: null });
    if (!reply.ok) return this.refused(reply.problem);
    // A link that was broken cannot be put back: the proxy would refuse it.
    const back = undoable && (change.from === null || detail.customer !== null);
    this.set({
      screen: { is: 'participant', detail: reply.value },
      finder: null,
      done: { text, undo: back ? { from: change.to, to: change.from } : null },
    });
    clearTimeout(this.undoing);
    this.undoing = setTimeout(this.endUndo, UNDO_MS);
    this.refreshes = 0;
    this.refreshSoon();
  }

  private send(detail: ParticipantDetail, { from, to }: Change): Promise<Reply<'link' | 'unlink'>> {
    if (to !== null) return this.ask('link', { ...keyOf(detail), customer: to, previous: from });
    return this.ask('unlink', { ...keyOf(detail), previous: from ?? '' });
  }

  /** Somebody else was first: what stands now is shown, and nothing was overwritten. */
  private async refused(problem: Problem): Promise<void> {
    this.set({ problem });
    const detail = this.detail();
    if (!detail || problem.code !== 'link_changed') return;
    const reply = await this.ask('participant', keyOf(detail));
    if (reply.ok) this.set({ screen: { is: 'participant', detail: reply.value }, finder: null });
  }

  private endUndo = (): void => {
    if (this.state.done) this.set({ done: { ...this.state.done, undo: null } });
  };

  private refreshSoon(): void {
    clearTimeout(this.refreshing);
    const detail = this.detail();
    if (!detail?.customer || !detail.rewards.some(({ state }) => state !== 'held')) return;
    if (this.refreshes >= MOST_REFRESHES || this.options.signal.aborted) return;
    this.refreshing = setTimeout(() => void this.refresh(), REFRESH_MS);
  }

  private async refresh(): Promise<void> {
    const before = this.detail();
    const turn = this.turn;
    if (!before) return;
    this.refreshes++;
    const reply = await this.ask('participant', keyOf(before));
    if (turn !== this.turn || this.state.busy) return;
    if (reply.ok) {
      this.set({ screen: { is: 'participant', detail: reply.value } });
      // Taking the link back would not take the money back, so it is no longer offered as if it did.
      if (total(reply.value) > total(before)) this.endUndo();
    }
    this.refreshSoon();
  }

  private mayWrite(outcome = 'Nothing was changed.'): boolean {
    if (this.options.signal.aborted) return false;
    if (this.options.stillHere()) return true;
    const title = `The page shows somebody else now. ${outcome}`;
    const action = 'Reload this page to see who it is about.';
    this.set({ problem: { type: 'about:blank', code: 'page_moved_on', status: 409, title, action } });
    return false;
  }

  private detail(): ParticipantDetail | null {
    return this.state.screen.is === 'participant' ? this.state.screen.detail : null;
  }

  private cannotStart(problem: Problem): void {
    this.show(this.options.sure ? { is: 'failed', problem } : { is: 'nothing' });
  }

  private show(screen: Screen): void {
    this.set({ screen });
  }

  private set(part: Partial<CardState>): void {
    if (this.options.signal.aborted) return;
    this.state = { ...this.state, ...part };
    this.options.onChange(this.state);
  }
}

const keyOf = ({ accountId, userId }: Pick<Answers['participant'], 'accountId' | 'userId'>) => ({
  accountId,
  userId,
});
const total = (detail: ParticipantDetail) => detail.credited.reduce((sum, { amount }) => sum + amount, 0);
