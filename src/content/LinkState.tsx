import type { ParticipantDetail } from '../contract/routes.ts';
import { amounts } from '../ui/amounts.ts';
import { CustomerFacts, StripeLink } from './CustomerFacts.tsx';
import type { CardModel, CardState } from './card-model.ts';
import { notLinked, reasonSentence, rewardGroups } from './card-text.ts';

type Props = { detail: ParticipantDetail; busy: CardState['busy']; model: CardModel };

/** Linked, not linked, or linked to something that does not work: always with the next step. */
export function LinkState({ detail, busy, model }: Props) {
  const { customer, linkProblem, link } = detail;
  if (linkProblem && linkProblem !== 'not_linked') {
    const { what, next } = reasonSentence(linkProblem, detail.facts);
    return (
      <>
        <div class="notice notice-warn">
          <p class="notice-title">{what}</p>
          <p>{next}</p>
        </div>
        <div class="row">
          <Find model={model} busy={busy} />
          {link !== null && <Unlink model={model} busy={busy} />}
        </div>
        <Rewards detail={detail} />
      </>
    );
  }
  if (!customer)
    return (
      <>
        <p>{notLinked(detail)}</p>
        <Find model={model} busy={busy} />
        <Credited detail={detail} />
      </>
    );
  return (
    <>
      <CustomerFacts customer={customer} />
      <div class="row">
        <button type="button" class="button" aria-disabled={busy !== null} onClick={model.openFinder}>
          Change
        </button>
        <Unlink model={model} busy={busy} />
        <StripeLink customer={customer} label="Open in Stripe" />
      </div>
      <Rewards detail={detail} />
    </>
  );
}

function Find({ model, busy }: { model: CardModel; busy: CardState['busy'] }) {
  return (
    <button
      type="button"
      class="button button-primary"
      data-focus
      aria-disabled={busy !== null}
      onClick={model.openFinder}
    >
      Find customer
    </button>
  );
}

function Unlink({ model, busy }: { model: CardModel; busy: CardState['busy'] }) {
  return (
    <button type="button" class="button" aria-disabled={busy !== null} onClick={model.unlink}>
      {busy === 'unlinking' ? 'Unlinking…' : 'Unlink'}
    </button>
  );
}

function Rewards({ detail }: { detail: ParticipantDetail }) {
  const groups = rewardGroups(detail.rewards);
  if (groups.length === 0) return <Credited detail={detail} />;
  return (
    <div class="rewards">
      <ul>
        {groups.map(({ key, state, title, what, next }) => (
          <li key={key} class={`reward reward-${state}`}>
            <p class="reward-title">{title}</p>
            {what && <p class="muted small">{what}</p>}
            {next && <p class="muted small">{next}</p>}
          </li>
        ))}
      </ul>
      <Credited detail={detail} />
    </div>
  );
}

function Credited({ detail }: { detail: ParticipantDetail }) {
  if (detail.credited.length === 0) return null;
  return (
    <p class="credited">
      <span class="badge badge-good">Credited</span> <span class="amount">{amounts(detail.credited)}</span>{' '}
      <span class="muted small">so far for this participant</span>
    </p>
  );
}
