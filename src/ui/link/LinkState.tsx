import type { ParticipantDetail } from '../../contract/routes.ts';
import { say, sayAround } from '../../locales/say.ts';
import { amounts } from '../amounts.ts';
import { Button } from '../Button.tsx';
import { CustomerFacts, StripeLink } from './CustomerFacts.tsx';
import { Landings } from './Landings.tsx';
import type { LinkModel } from './link-model.ts';
import { notLinked } from './link-words.ts';
import { cannotShow, reasonSentence, rewardGroups } from './reward-groups.ts';
import { Use } from './Use.tsx';

type Props = { model: LinkModel };

/** Linked, not linked, or linked to something that does not work: always with the next step. */
export function LinkState({ model }: Props) {
  const { detail, busy } = model.state;
  const { customer, linkProblem, link } = detail;
  const find = (label: string, primary = true) => (
    <Button
      class={`button${primary ? ' button-primary' : ''}`}
      data-focus
      busy={busy !== null}
      onClick={model.openFinder}
    >
      {label}
    </Button>
  );
  const unlink = link !== null && (
    <Button class="button" busy={busy !== null} onClick={() => void model.unlink()}>
      {say(busy === 'unlinking' ? 'link_unlink_busy' : 'link_unlink')}
    </Button>
  );
  const unseen = linkProblem && cannotShow(linkProblem, detail.facts);
  if (unseen)
    return (
      <>
        <div class="notice notice-warn">
          <p class="notice-title">{say('link_state_unseen', { customer: link ?? '' })}</p>
          <p>{unseen}</p>
        </div>
        <div class="row">
          <Button
            class="button button-primary"
            data-focus
            busy={busy !== null}
            onClick={() => void model.reload()}
          >
            {say(busy === 'reading' ? 'link_reading' : 'ui_try_again')}
          </Button>
          {find(say('link_change'), false)}
          {unlink}
        </div>
        <Rewards model={model} />
      </>
    );
  if (linkProblem && linkProblem !== 'not_linked') {
    const { what, next } = reasonSentence(linkProblem, detail.facts);
    const misplaced = linkProblem === 'field_name_differs' ? detail.facts.customer : undefined;
    return (
      <>
        <div class="notice notice-warn">
          <p class="notice-title">{what}</p>
          <p>{next}</p>
        </div>
        <div class="row">
          {misplaced && <Use customer={misplaced} model={model} />}
          {find(say('link_find'), !misplaced)}
          {unlink}
        </div>
        <Rewards model={model} />
      </>
    );
  }
  if (!customer)
    return (
      <>
        <p>{notLinked(detail)}</p>
        {find(say('link_find'))}
        <Credited detail={detail} />
      </>
    );
  return (
    <>
      <p class="row">
        <span class="badge badge-good">{say('link_state_linked')}</span>
        {detail.rewards.length === 0 && say('link_state_nothing_waits')}
      </p>
      <CustomerFacts customer={customer} />
      <div class="row">
        {find(say('link_change'), false)}
        {unlink}
        <StripeLink customer={customer} label={say('link_open_in_stripe')} />
      </div>
      <Rewards model={model} />
      {detail.credited.length > 0 && <Landings model={model} />}
    </>
  );
}

function Rewards({ model }: Props) {
  const { detail } = model.state;
  const groups = rewardGroups(detail, model.lease);
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
  if (detail.credited.length === 0) return <p class="muted small">{say('link_credited_nothing')}</p>;
  const amount = <span class="amount">{amounts(detail.credited)}</span>;
  return (
    <p class="credited">
      <span class="badge badge-good">{say('link_credited')}</span>{' '}
      {sayAround('link_credited_so_far', { amount }).map((piece) =>
        typeof piece === 'string' ? <span class="muted small">{piece}</span> : piece,
      )}
    </p>
  );
}
