import { say, sayCount } from '../../locales/say.ts';
import { retold } from '../../locales/told.ts';
import { ProblemNotice } from '../ProblemNotice.tsx';
import { Finder } from './Finder.tsx';
import { LinkState } from './LinkState.tsx';
import type { LinkModel, LinkState as State } from './link-model.ts';
import { plainly, standsNow } from './link-words.ts';
import { Use } from './Use.tsx';

/** All that is done about one participant's link, alike on a participant's page and in the popup. */
export function LinkDesk({ model }: { model: LinkModel }) {
  const { done, problem, finder } = model.state;
  return (
    <>
      <p class="sr-only" role="status">
        {spoken(model.state)}
      </p>
      {done && (
        // Whoever works by keyboard lands here, one step before the way back.
        <div class="done row row-spread" tabIndex={-1} data-focus={finder ? undefined : true}>
          <span>{done.text}</span>
          {done.undo && (
            <button type="button" class="button button-plain" onClick={() => void model.undo()}>
              {say('link_undo')}
            </button>
          )}
        </div>
      )}
      {problem && <Refused model={model} />}
      {finder ? <Finder model={model} /> : <LinkState model={model} />}
    </>
  );
}

function Refused({ model }: { model: LinkModel }) {
  const { problem, detail, finder } = model.state;
  if (!problem) return null;
  const { code, current } = problem;
  // While somebody else is still at it, there is no present value to tell.
  if (code === 'link_changed' && current !== undefined) {
    const action = say(finder ? 'link_now_choose' : 'link_now_look');
    return <ProblemNotice problem={retold(problem, { detail: standsNow(current, detail), action })} />;
  }
  const { email } = detail;
  const show =
    code === 'customer_exists' && email !== null
      ? { label: say('link_show_them'), onClick: () => void model.search(email) }
      : undefined;
  return (
    <>
      <ProblemNotice problem={plainly(problem)} button={show} />
      {code === 'account_customers_differ' && current && <Use customer={current} model={model} />}
    </>
  );
}

const BUSY = {
  linking: 'link_button_busy',
  unlinking: 'link_unlink_busy',
  creating: 'link_create_spoken',
  reading: 'link_reading',
} as const;

/** What a screen reader hears when something has changed; problems speak for themselves as alerts. */
function spoken({ busy, done, finder }: State): string {
  if (busy !== null) return say(BUSY[busy]);
  if (finder?.searching) return say('link_finder_searching');
  if (finder && finder.searched !== null) return sayCount('link_finder_found', finder.candidates.length);
  return done ? (done.undo ? say('link_undo_possible', { done: done.text }) : done.text) : '';
}
