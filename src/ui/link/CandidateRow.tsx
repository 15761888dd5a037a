import type { Candidate } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../Button.tsx';
import { evidenceWords, newestWords, warningsOf } from '../evidence.ts';
import { CustomerFacts, StripeLink } from './CustomerFacts.tsx';
import type { LinkModel } from './link-model.ts';
import { billedAlike, calledOf } from './link-words.ts';

type Props = {
  candidate: Candidate;
  /** The list says already that several have this e-mail. */
  warned: boolean;
  linked: boolean;
  model: LinkModel;
};

export function CandidateRow({ candidate, warned, linked, model }: Props) {
  const { evidence, warnings, id } = candidate;
  const { busy, linking, finder, detail } = model.state;
  const called = calledOf(candidate, finder?.candidates ?? []);
  const newest = newestWords(candidate);
  const against = warningsOf({
    ...candidate,
    warnings: warnings.filter((each) => !(warned && each === 'several_with_email')),
  });
  return (
    <li class="candidate">
      <CustomerFacts customer={candidate} />
      <ul class="row tags" aria-label={say('link_why')}>
        {evidence.map((each) => (
          <li key={each} class="badge badge-good">
            {evidenceWords(each)}
          </li>
        ))}
        {billedAlike(candidate, detail) && <li class="badge badge-good">{say('link_evidence_currency')}</li>}
        {newest && <li class="badge">{newest}</li>}
        {against.map((each) => (
          <li key={each} class="warning small">
            {each}
          </li>
        ))}
      </ul>
      <div class="row">
        {linked ? (
          <span class="badge">{say('link_state_linked_now')}</span>
        ) : (
          <Button
            class="button"
            aria-label={linking === id ? undefined : say('link_button_of', { customer: called })}
            busy={busy !== null}
            onClick={() => void model.link(candidate)}
          >
            {say(linking === id ? 'link_button_busy' : 'link_button')}
          </Button>
        )}
        <StripeLink customer={candidate} label={say('link_open_in_stripe_of', { customer: called })} />
      </div>
    </li>
  );
}
