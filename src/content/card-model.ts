import type { Desk } from '../contract/messages.ts';
import type { Problem } from '../contract/problems.ts';
import type { ParticipantKey, ParticipantView } from '../contract/routes.ts';
import type { Mode } from '../contract/words.ts';
import { LinkModel } from '../ui/link/link-model.ts';
import type { Ask, AskIn } from './ask.ts';
import { otherMode } from './card-text.ts';
import { findParticipant } from './find-participant.ts';
import { addressParts } from './read-address.ts';
import type { Hints } from './recognise.ts';

/** `nothing` draws nothing at all: an unsure page stays as it was until Advocate knows somebody. */
export type Screen =
  | { is: 'nothing' | 'loading' | 'not_paired' | 'not_found' | 'other_mode' }
  | { is: 'ask'; participants: ParticipantView[] }
  | { is: 'failed'; problem: Problem }
  | { is: 'participant'; link: LinkModel };

export type CardState = { mode: Mode | null; screen: Screen };

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

/** Who the page is about, until that is settled; then the link of that participant. */
export class CardModel {
  state: CardState;
  readonly #options: Options;
  /** Several participants are all that the page says: the card holds for its address only. */
  #shared = false;
  #desk: Desk = null;

  constructor(options: Options) {
    this.#options = options;
    this.state = { mode: null, screen: { is: options.sure ? 'loading' : 'nothing' } };
  }

  start = async (): Promise<void> => {
    const { hints, sure, address } = this.#options;
    const desk = await this.#options.ask('desk', {});
    if (!desk.ok) return this.#cannotStart(desk.problem);
    if (desk.value === null) return this.#show({ is: sure ? 'not_paired' : 'nothing' });
    this.#desk = desk.value;
    this.#set({ mode: desk.value.mode });
    if (this.#ofOtherMode(address)) return this.#show({ is: sure ? 'other_mode' : 'nothing' });
    const found = await findParticipant(this.#ask, hints, sure, address);
    if (found.kind === 'failed') return this.#cannotStart(found.problem);
    if (found.kind === 'none') return this.#show({ is: sure ? 'not_found' : 'nothing' });
    this.#shared = found.kind === 'one' ? found.shared : found.participants.length > 1;
    if (found.kind === 'ask') return this.#show({ is: 'ask', participants: found.participants });
    await this.choose(found.participant);
  };

  fits = (address: string): boolean => {
    const own = this.#options.address;
    return address === own || (!this.#shared && this.#ofOtherMode(address) === this.#ofOtherMode(own));
  };

  /** Two tenants can hold the same person; the address then tells which of them the page shows. */
  #ofOtherMode(address: string): boolean {
    if (!this.#desk) return false;
    const { mode, tenants } = this.#desk;
    const parts = addressParts(address);
    const names = (tenant: string | null) => tenant !== null && parts.has(tenant);
    return names(tenants[otherMode(mode)]) && !names(tenants[mode]);
  }

  /** In the mode that the card shows, even when the popup has been switched to the other one meanwhile. */
  #ask: Ask = (name, request) => this.#options.ask(name, request, this.state.mode ?? undefined);

  retry = (): void => {
    this.#show({ is: 'loading' });
    void this.start();
  };

  /** Nobody who was asked about: the page is left alone. */
  dismiss = (): void => this.#show({ is: 'nothing' });

  choose = async ({ accountId, userId }: ParticipantKey): Promise<void> => {
    this.#show({ is: 'loading' });
    const reply = await this.#ask('participant', { accountId, userId });
    if (!reply.ok) return this.#show({ is: 'failed', problem: reply.problem });
    const { signal, stillHere } = this.#options;
    const link = new LinkModel({
      ask: this.#ask,
      detail: reply.value,
      lease: this.#desk?.lease ?? null,
      signal,
      stillHere,
      onChange: () => this.#set({}),
    });
    this.#show({ is: 'participant', link });
  };

  #cannotStart(problem: Problem): void {
    this.#show(this.#options.sure ? { is: 'failed', problem } : { is: 'nothing' });
  }

  #show(screen: Screen): void {
    this.#set({ screen });
  }

  #set(part: Partial<CardState>): void {
    if (this.#options.signal.aborted) return;
    this.state = { ...this.state, ...part };
    this.#options.onChange(this.state);
  }
}
