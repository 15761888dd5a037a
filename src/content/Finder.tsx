import type { Candidate, ParticipantDetail } from '../contract/routes.ts';
import { byLinking } from '../ui/by-linking.ts';
import { EVIDENCE_WORDS, linkable, WARNING_WORDS } from '../ui/evidence.ts';
import { ProblemNotice } from '../ui/ProblemNotice.tsx';
import { CustomerFacts, StripeLink } from './CustomerFacts.tsx';
import type { CardModel, CardState, Finder as FinderState } from './card-model.ts';
import { linkLabel, severalWithEmail } from './card-text.ts';

type Props = { finder: FinderState; detail: ParticipantDetail; busy: CardState['busy']; model: CardModel };

/** Search and candidates. Nothing is ever chosen beforehand: each candidate has a button of its own. */
export function Finder({ finder, detail, busy, model }: Props) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void model.search(finder.q);
  };
  const closeOnEscape = (event: KeyboardEvent) => {
    if (event.key === 'Escape') model.closeFinder();
  };
  return (
    <search class="stack" onKeyDown={closeOnEscape}>
      <form class="field" onSubmit={submit}>
        <label for="q">E-mail, name or customer ID</label>
        <div class="input-row">
          <input
            class="input"
            id="q"
            data-focus
            maxLength={200}
            autoComplete="off"
            spellcheck={false}
            value={finder.q}
            placeholder="jane@example.com or cus_…"
            onInput={(event) => model.type(event.currentTarget.value)}
          />
          <button type="submit" class="button button-primary">
            Search
          </button>
        </div>
      </form>
      <p>{byLinking(detail.rewards)}</p>
      <Results finder={finder} detail={detail} busy={busy} model={model} />
      <button type="button" class="button button-plain" onClick={model.closeFinder}>
        Cancel
      </button>
    </search>
  );
}

function Results({ finder, detail, busy, model }: Props) {
  if (finder.searching) return <p class="muted loading">Searching Stripe…</p>;
  if (finder.problem)
    return (
      <ProblemNotice
        problem={finder.problem}
        button={{ label: 'Try again', onClick: () => void model.search(finder.q) }}
      />
    );
  if (finder.searched === null) return null;
  if (finder.candidates.length === 0)
    return <NoneFound finder={finder} detail={detail} busy={busy} model={model} />;
  const several = severalWithEmail(finder.searched, finder.candidates);
  return (
    <>
      {several && (
        <div class="notice notice-warn">
          <p class="notice-title">{several}</p>
        </div>
      )}
      <ul class="candidates" aria-label="Customers found">
        {finder.candidates.map((candidate) => (
          <CandidateRow
            key={candidate.id}
            candidate={candidate}
            label={linkLabel(candidate, finder.candidates)}
            warned={several !== null}
            linked={detail.link === candidate.id}
            busy={busy}
            link={model.link}
          />
        ))}
      </ul>
    </>
  );
}

type RowProps = {
  candidate: Candidate;
  label: string;
  /** The list says already that several have this e-mail. */
  warned: boolean;
  linked: boolean;
  busy: CardState['busy'];
  link: CardModel['link'];
};

function CandidateRow({ candidate, label, warned, linked, busy, link }: RowProps) {
  const { evidence, name, id } = candidate;
  const warnings = candidate.warnings.filter((each) => !(warned && each === 'several_with_email'));
  return (
    <li class="candidate">
      <CustomerFacts customer={candidate} />
      <ul class="row tags" aria-label="Why it is offered, and what speaks against it">
        {evidence.map((each) => (
          <li key={each} class="badge badge-good">
            {EVIDENCE_WORDS[each]}
          </li>
        ))}
        {warnings.map((each) => (
          <li key={each} class="warning small">
            {WARNING_WORDS[each]}
          </li>
        ))}
      </ul>
      <div class="row">
        {linked ? (
          <span class="badge">Linked now</span>
        ) : (
          linkable(candidate) && (
            <button
              type="button"
              class="button"
              aria-label={label}
              aria-disabled={busy !== null}
              onClick={() => void link(candidate)}
            >
              {busy === 'linking' ? 'Linking…' : 'Link'}
            </button>
          )
        )}
        <StripeLink customer={candidate} label={`Open ${name ?? id} in Stripe`} />
      </div>
    </li>
  );
}

function NoneFound({ finder, detail, busy, model }: Props) {
  const who = [detail.name, detail.email].filter(Boolean).join(', ') || detail.userId;
  return (
    <>
      <p>No Stripe customer matches “{finder.searched}”.</p>
      <p class="muted small">
        Try another e-mail, the name on the invoice, or the customer ID. Or create a customer for {who} and
        link it.
      </p>
      <button type="button" class="button" aria-disabled={busy !== null} onClick={() => void model.create()}>
        {busy === 'creating' ? 'Creating…' : 'Create customer'}
      </button>
    </>
  );
}
