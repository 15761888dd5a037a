import { say } from '../../locales/say.ts';
import { Button } from '../Button.tsx';
import { byLinking } from '../by-linking.ts';
import { ProblemNotice } from '../ProblemNotice.tsx';
import { CandidateRow } from './CandidateRow.tsx';
import type { LinkModel } from './link-model.ts';
import { lacks, nameOf, plainly, severalWithEmail } from './link-words.ts';

type Props = { model: LinkModel };

/** Search and candidates. Nothing is ever chosen beforehand: each candidate has a button of its own. */
export function Finder({ model }: Props) {
  const { finder, detail } = model.state;
  if (!finder) return null;
  const promised = byLinking(detail.rewards);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void model.search(finder.q);
  };
  const closeOnEscape = (event: KeyboardEvent) => {
    // Escape also ends the input of a Japanese word, and closes a popup of the toolbar with all that was typed.
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    model.closeFinder();
  };
  return (
    <search class="stack" onKeyDown={closeOnEscape}>
      <form class="field" onSubmit={submit}>
        <label for="q">{say('link_finder_box')}</label>
        <div class="input-row">
          <input
            class="input"
            id="q"
            data-focus
            required
            maxLength={200}
            autoComplete="off"
            spellcheck={false}
            value={finder.q}
            placeholder={say('link_finder_example')}
            onInput={(event) => model.type(event.currentTarget.value)}
          />
          <button type="submit" class="button button-primary">
            {say('link_finder_search')}
          </button>
        </div>
      </form>
      {promised && <p>{promised}</p>}
      <Results model={model} />
      <button type="button" class="button button-plain" onClick={model.closeFinder}>
        {say('ui_cancel')}
      </button>
    </search>
  );
}

/** These leave no doubt that the participant has a customer already. */
const CERTAIN = ['id', 'metadata_id', 'email_exact', 'email_case'];

function Results({ model }: Props) {
  const { finder, detail } = model.state;
  if (!finder) return null;
  const { searching, searched, candidates, problem } = finder;
  if (searching) return <p class="muted loading">{say('link_finder_searching')}</p>;
  if (problem)
    return (
      <ProblemNotice
        problem={plainly(problem)}
        // Asking again cannot help against what Stripe has answered.
        button={
          problem.status < 500
            ? undefined
            : { label: say('ui_try_again'), onClick: () => void model.search(finder.q) }
        }
      />
    );
  const several = searched === null ? null : severalWithEmail(searched, candidates);
  return (
    <>
      {searched !== null && candidates.length === 0 && (
        <>
          <p>{say('link_finder_none', { searched })}</p>
          <p class="muted small">{say('link_finder_none_next')}</p>
        </>
      )}
      {several && (
        <div class="notice notice-warn">
          <p class="notice-title">{several}</p>
        </div>
      )}
      {candidates.length > 0 && (
        <ul class="candidates" aria-label={say('link_finder_list')}>
          {candidates.map((candidate) => (
            <CandidateRow
              key={candidate.id}
              candidate={candidate}
              warned={several !== null}
              linked={detail.link === candidate.id}
              model={model}
            />
          ))}
        </ul>
      )}
      {!candidates.some(({ evidence }) => evidence.some((each) => CERTAIN.includes(each))) && (
        <Create model={model} />
      )}
    </>
  );
}

function Create({ model }: Props) {
  const { detail, busy, finder } = model.state;
  return (
    <>
      <p class="muted small">
        {say(finder?.candidates.length ? 'link_create_none_of_these' : 'link_create_for', {
          name: nameOf(detail),
        })}{' '}
        {lacks(detail)}
      </p>
      <Button class="button" busy={busy !== null} onClick={() => void model.create()}>
        {say(busy === 'creating' ? 'link_create_busy' : 'link_create')}
      </Button>
    </>
  );
}
