import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { PopupState } from '../contract/messages.ts';
import type { Candidate } from '../contract/routes.ts';
import { Button } from '../ui/Button.tsx';
import { byLinking } from '../ui/by-linking.ts';
import { linkable } from '../ui/evidence.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { useTask } from '../ui/use-task.ts';
import { Candidates } from './Candidates.tsx';
import type { Detail } from './LinkView.tsx';
import { chosenMode } from './setup-step.ts';
import { useStore } from './store.ts';

type Props = { detail: Signal<Detail | null>; onReload: () => void };

/** Finds the customer and links. A person chooses; only a single candidate is chosen beforehand. */
export function CustomerSearch({ detail, onReload }: Props) {
  const store = useStore();
  const finding = useTask();
  const linking = useTask();
  const id = useId();
  const typed = useSignal(detail.value?.email ?? '');
  const found = useSignal<{ q: string; candidates: Candidate[] } | null>(null);
  const chosen = useSignal<string | null>(null);
  const linked = useSignal(false);
  const said = useRef<HTMLParagraphElement>(null);

  const participant = detail.value;
  const show = (q: string, candidates: Candidate[]) => {
    const [only] = candidates;
    found.value = { q, candidates };
    chosen.value = only && candidates.length === 1 && linkable(only) ? only.id : null;
  };
  const find = () => {
    const q = typed.value.trim();
    if (!participant || q === '') return;
    const { accountId, userId } = participant;
    linked.value = false;
    void finding.run(async () => {
      found.value = null;
      const { candidates } = await store.doors.ask('customers', { q, participant: { accountId, userId } });
      show(q, candidates);
    });
  };
  // Whoever comes here unlinked wants exactly this, so it saves them the click.
  useEffect(() => {
    if (!participant?.link) find();
  }, []);

  if (!participant) return null;
  const { accountId, userId, link } = participant;
  const create = () =>
    void linking.run(async () => {
      const customer = await store.doors.ask('createCustomer', { accountId, userId });
      show(typed.value, [
        { ...customer, evidence: [], warnings: customer.currency ? [] : ['currency_unset'] },
      ]);
    });
  const makeLink = (customer: string) =>
    void linking.run(async () => {
      detail.value = await store.doors.ask('link', { accountId, userId, customer, previous: link });
      found.value = null;
      linked.value = true;
      // The button goes away; the sentence that says what came of it takes its place.
      said.current?.focus();
    });

  const justLinked = linked.value && link !== null;
  const choice = chosen.value;
  const refused = linking.problem.value;
  return (
    <>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <label for={id}>Customer’s e-mail, name or ID</label>
        <div class="input-row">
          <input
            id={id}
            class="input"
            type="text"
            autocomplete="off"
            spellcheck={false}
            placeholder="cus_…"
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <Button type="submit" class="button" busy={finding.busy.value}>
            Find customer
          </Button>
        </div>
      </form>
      {finding.problem.value && <ProblemNotice problem={finding.problem.value} />}
      <p ref={said} tabIndex={-1} role="status" class={justLinked ? 'hint hint-good' : 'muted'}>
        {justLinked && linkedWords(store.state.value)}
        {finding.busy.value && 'Looking in Stripe…'}
        {found.value && foundWords(found.value.candidates.length, found.value.q)}
      </p>
      {found.value && <Candidates candidates={found.value.candidates} chosen={chosen} />}
      {refused && (
        <ProblemNotice
          problem={refused}
          button={
            refused.code === 'link_changed' ? { label: 'Load the new link', onClick: onReload } : undefined
          }
        />
      )}
      {found.value && found.value.candidates.length > 0 && (
        <>
          {link && choice && link !== choice && (
            <p class="hint">
              This replaces the link to <code>{link}</code>.
            </p>
          )}
          <ByLinking detail={participant} />
          <Button
            class="button button-primary"
            disabled={choice === null || choice === link}
            busy={linking.busy.value}
            onClick={() => choice && makeLink(choice)}
          >
            {linking.busy.value ? 'Linking…' : 'Link'}
          </Button>
        </>
      )}
      {found.value?.candidates.length === 0 && (
        <Button class="button" busy={linking.busy.value} onClick={create}>
          Create customer
        </Button>
      )}
    </>
  );
}

/** Before the button is pressed: what goes through when it is. */
function ByLinking({ detail }: { detail: Detail }) {
  const words = byLinking(detail.rewards);
  return words && <p>{words}</p>;
}

/** What becomes of the rewards that waited for the link. */
function linkedWords(state: PopupState | null): string {
  const mode = state && chosenMode(state);
  const words = (when: string) => `Linked. Rewards that waited for it go through ${when}.`;
  if (!mode?.stripe.connected) return words('once Stripe is connected');
  if (mode.settings.paused || mode.settings.turnedOnAt === null) return words('once credits are turned on');
  return state?.paired?.role === 'admin' ? words('now') : words('when an admin’s browser runs next');
}

function foundWords(count: number, q: string): string {
  if (count === 0)
    return `Stripe has no customer for “${q}” in this mode. Try another e-mail, the name or a cus_… ID.`;
  return count === 1 ? 'One customer matches:' : `${count} customers match. Choose one; nothing was linked.`;
}
