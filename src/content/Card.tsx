import type { ParticipantView } from '../contract/routes.ts';
import { say, sayCount } from '../locales/say.ts';
import { LinkDesk } from '../ui/link/LinkDesk.tsx';
import { beside, nameOf, who } from '../ui/link/link-words.ts';
import { Mark } from '../ui/Mark.tsx';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import type { CardModel, CardState } from './card-model.ts';
import { question } from './card-text.ts';

type Props = { state: CardState; model: CardModel; panel: { collapsed: boolean; toggle: () => void } | null };

/** One region in the page's flow, or in a quiet panel in the corner that folds away. */
export function Card({ state, model, panel }: Props) {
  const { screen, mode } = state;
  const collapsed = panel?.collapsed ?? false;
  if (screen.is === 'ask' && collapsed)
    return <Quiet participants={screen.participants} show={panel?.toggle} />;
  return (
    <section class={`card${panel ? ' card-panel' : ''}`} aria-labelledby="title">
      <header class="head">
        <Mark size={20} />
        <h2 id="title" tabIndex={-1}>
          {say('card_title')}
        </h2>
        {mode && (
          <span class={`badge ${mode === 'test' ? 'badge-warn' : 'badge-good'}`}>
            {say(`card_mode_${mode}`)}
          </span>
        )}
        {panel && (
          <button
            type="button"
            class="button button-plain fold-button"
            aria-expanded={!collapsed}
            onClick={panel.toggle}
          >
            {say(collapsed ? 'card_show' : 'card_hide')}
          </button>
        )}
      </header>
      {/* The page around may be wrong or about to change. */}
      {!collapsed && screen.is === 'participant' && (
        <p class="about muted small">{who(screen.link.state.detail)}</p>
      )}
      {!collapsed && (
        <div class="body stack">
          <Body state={state} model={model} />
        </div>
      )}
    </section>
  );
}

function Body({ state: { screen, mode }, model }: { state: CardState; model: CardModel }) {
  switch (screen.is) {
    case 'nothing':
      return null;
    case 'loading':
      return (
        <p class="muted loading" role="status">
          {say('card_loading')}
        </p>
      );
    case 'not_paired':
      return <p class="muted">{say('card_not_paired')}</p>;
    case 'not_found':
      return <p class="muted">{mode && say(`card_not_found_${mode}`)}</p>;
    case 'other_mode':
      return <p class="muted">{mode && say(`card_other_mode_${mode}`)}</p>;
    case 'failed':
      return (
        <ProblemNotice
          problem={screen.problem}
          button={{ label: say('ui_try_again'), onClick: model.retry }}
        />
      );
    case 'ask':
      return <WhoIsThis participants={screen.participants} model={model} />;
    case 'participant':
      return <LinkDesk model={screen.link} />;
  }
}

function Quiet({ participants, show }: { participants: ParticipantView[]; show: (() => void) | undefined }) {
  return (
    <button type="button" class="button quiet" aria-expanded={false} onClick={show}>
      <Mark size={20} />
      {question(participants)}
    </button>
  );
}

function WhoIsThis({ participants, model }: { participants: ParticipantView[]; model: CardModel }) {
  const several = participants.length > 1;
  return (
    <>
      <p tabIndex={-1} data-focus>
        {several ? sayCount('card_ask_which', participants.length) : say('card_ask')}
      </p>
      <ul class="people">
        {participants.map((participant) => {
          const { accountId, userId } = participant;
          return (
            <li key={`${accountId}\n${userId}`} class="row row-spread">
              <span class="who">
                <strong>{nameOf(participant)}</strong>
                <span class="muted small">{beside(participant)}</span>
              </span>
              <button
                type="button"
                class="button"
                aria-label={say(several ? 'card_this_who' : 'card_yes_who', {
                  participant: who(participant),
                })}
                onClick={() => void model.choose(participant)}
              >
                {say(several ? 'card_this' : 'card_yes')}
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" class="button button-plain" onClick={model.dismiss}>
        {say(several ? 'card_none' : 'card_no')}
      </button>
    </>
  );
}
