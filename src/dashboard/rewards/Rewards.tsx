import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { say, sayCount } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { saveFile } from '../csv-file.ts';
import { useStore } from '../store.ts';
import { isAdmin } from '../surroundings.ts';
import { Title } from '../Title.tsx';
import { BulkBar } from './BulkBar.tsx';
import { createRewardsDesk, type RewardsDesk } from './desk.ts';
import { Filters } from './Filters.tsx';
import { type Filter, queryOf, readFilter, sourcesOf } from './filter.ts';
import { RewardList } from './RewardList.tsx';
import { RunNotice } from './RunNotice.tsx';
import { rewardsName } from './save-rewards.ts';

/** Every reward: where it stands, why, and what can be done about it. */
export function Rewards({ state }: { state: PopupState }) {
  const store = useStore();
  const kept = store.rewards[state.mode];
  kept.value ??= createRewardsDesk(store.askIn(state.mode));
  const desk = kept.value;
  const filter = readFilter(store.route.value.query);
  useEffect(() => desk.show(filter), [desk, JSON.stringify(filter)]);
  const run = desk.run.value;
  return (
    <section class="view">
      <Title state={state}>{say('rewards_title')}</Title>
      <p class="lead">{say('rewards_lead')}</p>
      {run && <RunNotice run={run} onClose={desk.closeRun} />}
      <div class="block">
        <Filters state={state} filter={filter} />
        <Told filter={filter} />
        <List desk={desk} state={state} />
      </div>
    </section>
  );
}

/** Who tells of what is shown, so that nobody takes a part for the whole. */
function Told({ filter }: { filter: Filter }) {
  const { ledger, queue } = sourcesOf(filter);
  if (ledger && queue) return <p class="hint">{say('rewards_told_both')}</p>;
  if (queue) return <p class="hint">{say('rewards_told_queue')}</p>;
  const byAmount = filter.sort === 'largest' || filter.sort === 'smallest';
  return byAmount ? <p class="hint">{say('rewards_told_amounts')}</p> : null;
}

function List({ desk, state }: { desk: RewardsDesk; state: PopupState }) {
  const reader = desk.reader.value;
  const count = reader.count.value;
  const { value: reading } = reader.state;
  const problem = reader.problem.value;
  const isNarrowed = Object.keys(queryOf({ ...reader.filter, sort: 'newest' })).length > 0;
  return (
    <>
      <Tools desk={desk} state={state} />
      {count === 0 && reading === 'done' && (
        <p class="empty">{isNarrowed ? say('rewards_none_fits') : say('rewards_none')}</p>
      )}
      {count === 0 && (reading === 'new' || reading === 'reading') && <Opening />}
      {count > 0 && <RewardList key={JSON.stringify(reader.filter)} desk={desk} state={state} />}
      {count > 0 && isAdmin(state) && <BulkBar desk={desk} state={state} />}
      {problem && (
        <ProblemNotice
          problem={problem}
          button={{ label: say('rewards_read_on'), onClick: () => void reader.more() }}
        />
      )}
      {count === 0 && reading === 'more' && !problem && (
        <p class="empty">
          {say('rewards_none_yet')}{' '}
          <Button class="button" onClick={() => void reader.more()}>
            {say('rewards_read_on')}
          </Button>
        </p>
      )}
    </>
  );
}

/** Above the list, which grows: what has the focus stays where it is. */
function Tools({ desk, state }: { desk: RewardsDesk; state: PopupState }) {
  const { saving } = desk;
  const reader = desk.reader.value;
  const count = reader.count.value;
  const isSaving = saving.state.value === 'reading';
  const save = async () => {
    const parts = await saving.read(reader.filter);
    if (parts) saveFile(rewardsName(state.mode), parts);
  };
  return (
    <>
      <div class="row row-spread">
        <p class="muted" role="status">
          {count > 0 &&
            (reader.state.value === 'done'
              ? sayCount('rewards_all_shown', count)
              : sayCount('rewards_shown_so_far', count))}
        </p>
        <span class="row">
          <Button class="button button-plain" onClick={desk.readAgain}>
            {say('rewards_read_again')}
          </Button>
          {isSaving && (
            <Button class="button" onClick={saving.stop}>
              {say('rewards_save_stop')}
            </Button>
          )}
          <Button class="button" busy={isSaving} onClick={() => void save()}>
            {isSaving ? sayCount('rewards_saving', saving.count.value) : say('rewards_save')}
          </Button>
        </span>
      </div>
      {saving.problem.value && <ProblemNotice problem={saving.problem.value} />}
    </>
  );
}
