import type { ParticipantDetail, ParticipantView } from '../contract/routes.ts';
import { Mark } from '../ui/Mark.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import type { CardModel, CardState } from './card-model.ts';
import { MODE_WORDS, otherMode } from './card-text.ts';
import { Finder } from './Finder.tsx';
import { LinkState } from './LinkState.tsx';

type Props = { state: CardState; model: CardModel; panel: { collapsed: boolean; toggle: () => void } | null };

/** One region in the page's flow, or in a quiet panel in the corner that folds away. */
export function Card({ state, model, panel }: Props) {
  const collapsed = panel?.collapsed ?? false;
  return (
    <section class={`card${panel ? ' card-panel' : ''}`} aria-labelledby="title">
      <header class="head">
        <Mark size={20} />
        <h2 id="title" tabIndex={-1}>
          Stripe customer
        </h2>
        {state.mode && (
          <span class={`badge ${state.mode === 'test' ? 'badge-warn' : 'badge-good'}`}>
            {MODE_WORDS[state.mode]}
          </span>
        )}
        {panel && (
          <button
            type="button"
            class="button button-plain fold-button"
            aria-expanded={!collapsed}
            onClick={panel.toggle}
          >
            {collapsed ? 'Show' : 'Hide'}
          </button>
        )}
      </header>
      {!collapsed && state.screen.is === 'participant' && <About detail={state.screen.detail} />}
      {!collapsed && (
        <div class="body stack">
          <Body state={state} model={model} />
        </div>
      )}
      <p class="sr-only" role="status">
        {spoken(state)}
      </p>
    </section>
  );
}

/** Whose link this is, in Advocate's words: the page around may be wrong or about to change. */
function About({ detail: { name, email, userId, accountId } }: { detail: ParticipantDetail }) {
  const ids = userId === accountId ? `ID ${userId}` : `ID ${userId} in account ${accountId}`;
  return (
    <p class="about muted small">
      {[name, email, ids === `ID ${email}` ? null : ids].filter(Boolean).join(' · ')}
    </p>
  );
}

function Body({ state, model }: { state: CardState; model: CardModel }) {
  const { screen, finder, problem, done } = state;
  switch (screen.is) {
    case 'nothing':
      return null;
    case 'loading':
      return <p class="muted loading">Looking up the participant…</p>;
    case 'not_paired':
      return (
        <p class="muted">Pair this browser in the extension’s popup to see and link the customer here.</p>
      );
    case 'not_found':
      return (
        <p class="muted">
          Not found in Advocate’s {state.mode} tenant. If this page is of the {otherMode(state.mode)} tenant,
          switch the mode in the popup and reload this page.
        </p>
      );
    case 'other_mode':
      return (
        <p class="muted">
          This page is of Advocate’s {otherMode(state.mode)} tenant; the extension shows {state.mode} mode.
          Switch the mode in the popup. Then reload this page.
        </p>
      );
    case 'failed':
      return <ProblemNotice problem={screen.problem} button={{ label: 'Try again', onClick: model.retry }} />;
    case 'ask':
      return <WhoIsThis participants={screen.participants} choose={model.choose} />;
    case 'participant':
      return (
        <>
          {done && (
            <div class="done row row-spread">
              <span>{done.text}</span>
              {done.undo && (
                <button type="button" class="button button-plain" onClick={model.undo}>
                  Undo
                </button>
              )}
            </div>
          )}
          {problem && <Refused state={state} model={model} />}
          {finder ? (
            <Finder finder={finder} detail={screen.detail} busy={state.busy} model={model} />
          ) : (
            <LinkState detail={screen.detail} busy={state.busy} model={model} />
          )}
        </>
      );
  }
}

function Refused({ state: { problem, screen }, model }: { state: CardState; model: CardModel }) {
  if (!problem || screen.is !== 'participant') return null;
  if (problem.code === 'link_changed') {
    const now = problem.current ? `It is now ${problem.current}.` : 'It is now empty.';
    return <ProblemNotice problem={{ ...problem, detail: `${now} Nothing was overwritten.` }} />;
  }
  const { email } = screen.detail;
  const button =
    problem.code === 'customer_exists' && email !== null
      ? { label: 'Show them', onClick: () => void model.search(email) }
      : undefined;
  return <ProblemNotice problem={problem} button={button} />;
}

type WhoProps = { participants: ParticipantView[]; choose: CardModel['choose'] };

function WhoIsThis({ participants, choose }: WhoProps) {
  const several = participants.length > 1;
  return (
    <>
      <p>
        {several
          ? `${participants.length} participants fit this page. Which one is it?`
          : 'Is this the participant?'}
      </p>
      <ul class="people">
        {participants.slice(0, 8).map((participant) => {
          const { accountId, userId, name, email } = participant;
          const who = name ?? email ?? userId;
          return (
            <li key={`${accountId}\n${userId}`} class="row row-spread">
              <span class="who">
                <strong>{who}</strong>
                <span class="muted small">
                  {[email, `ID ${userId}`, `account ${accountId}`].filter(Boolean).join(' · ')}
                </span>
              </span>
              <button
                type="button"
                class="button"
                aria-label={`Yes, ${who}, ${userId}`}
                onClick={() => void choose(participant)}
              >
                {several ? 'This one' : 'Yes'}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

/** What a screen reader hears when something has changed; problems speak for themselves as alerts. */
function spoken({ screen, busy, done, finder }: CardState): string {
  if (busy !== null)
    return { linking: 'Linking…', unlinking: 'Unlinking…', creating: 'Creating the customer…' }[busy];
  if (finder?.searching) return 'Searching Stripe…';
  if (finder && finder.searched !== null)
    return finder.candidates.length === 1
      ? '1 customer found.'
      : `${finder.candidates.length} customers found.`;
  if (done) return done.undo ? `${done.text} Undo is possible for 10 seconds.` : done.text;
  return screen.is === 'loading' ? 'Looking up the participant…' : '';
}
