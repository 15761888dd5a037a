import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { RewardStory } from '../../contract/ledger.ts';
import type { PopupState } from '../../contract/messages.ts';
import { REASONS } from '../../contract/reasons.ts';
import { explain } from '../../locales/explain.ts';
import { say } from '../../locales/say.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { Opening } from '../../ui/Opening.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import { useTask } from '../../ui/use-task.ts';
import { AuditRow } from '../audit/AuditRow.tsx';
import { later } from '../later.tsx';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { CopyId } from './CopyId.tsx';
import { DetailDeeds } from './DetailDeeds.tsx';
import { queryOf } from './filter.ts';
import { ReasonButton } from './ReasonButton.tsx';
import type { Reward } from './read-rewards.ts';
import { Timeline } from './Timeline.tsx';
import { Who } from './Who.tsx';
import { badgeOf, moneyOf, standingOf } from './words.ts';

const LinkHere = later(async () => (await import('./LinkHere.tsx')).LinkHere);

/** One reward from beginning to end, and what is in its way. */
export function RewardDetail({ state, reward }: { state: PopupState; reward: string }) {
  const store = useStore();
  const task = useTask();
  const story = useSignal<RewardStory | null>(null);
  const foundAt = useSignal<number | null>(null);
  /** Counted, so that all that is shown is asked anew after a deed. */
  const turn = useSignal(0);
  const load = (deedDone = false) =>
    task.run(async () => {
      const [told, queued] = await Promise.all([
        store.doors.ask('story', { reward }),
        // Only the browser knows when it found it; whoever did not find it knows the rest all the same.
        store.doors.ask('queuePage', { q: reward }).catch(() => null),
      ]);
      story.value = told;
      if (deedDone) {
        turn.value += 1;
        store.rewards[state.mode].value?.learn(asRow(told));
      }
      foundAt.value = queued?.rewards.find((row) => row.reward === reward)?.seenAt ?? foundAt.value;
    });
  useEffect(() => void load(), []);

  const shown = story.value;
  const filter = store.rewards[state.mode].value?.reader.value.filter;
  return (
    <section class="view">
      <p>
        <a href={dashboardHash('rewards', undefined, filter && queryOf(filter))}>
          {say('rewards_detail_all')}
        </a>
      </p>
      <Title state={state}>{shown?.money ? moneyOf(shown.money) : say('rewards_detail_title')}</Title>
      {task.problem.value && (
        <ProblemNotice
          problem={task.problem.value}
          button={{ label: say('ui_try_again'), onClick: () => void load(), busy: task.busy.value }}
        />
      )}
      {!shown && !task.problem.value && <Opening />}
      {shown && (
        <Story
          story={shown}
          turn={turn.value}
          foundAt={foundAt.value}
          state={state}
          again={() => void load(true)}
        />
      )}
    </section>
  );
}

type StoryProps = {
  story: RewardStory;
  turn: number;
  foundAt: number | null;
  state: PopupState;
  again: () => void;
};

function Story({ story, turn, foundAt, state, again }: StoryProps) {
  const store = useStore();
  const row = asRow(story);
  const canLink = story.reason !== null && REASONS[story.reason].action === 'link';
  const isAsked = store.route.value.query.link !== undefined;
  // Once it is there it stays, for it says what was linked, and has the way back.
  const opened = useRef(false);
  opened.current = isAsked && (canLink || opened.current);
  const isLinking = opened.current;
  return (
    <>
      <div class="stack">
        <span class={badgeOf(row)}>{standingOf(row)}</span>
        {story.reason !== null && (
          <Stuck row={row} state={state} again={again} linking={isLinking && canLink} />
        )}
        {story.problem && <ProblemNotice problem={story.problem} />}
      </div>
      {isLinking && <LinkHere participant={story} state={state} onLinked={again} />}
      <DetailDeeds row={row} state={state} onDone={again} />
      <dl class="facts rw-facts">
        <div>
          <dt>{say('rewards_column_reward')}</dt>
          <dd>
            <CopyId id={story.reward} what={say('rewards_column_reward')} />
          </dd>
        </div>
        <Who participant={story} turn={turn} />
      </dl>
      <section class="block" aria-labelledby="story">
        <h3 id="story">{say('rewards_detail_story')}</h3>
        <Timeline story={story} foundAt={foundAt} />
      </section>
      <History story={story} />
    </>
  );
}

type StuckProps = { row: Reward; state: PopupState; again: () => void; linking: boolean };

/** What is in the way, why, what to do, one button. */
function Stuck({ row, state, again, linking }: StuckProps) {
  if (row.reason === null) return null;
  const { what, next } = explain(row.reason, row.facts);
  return (
    <div class={row.state === 'held' && row.reason !== 'dismissed' ? 'notice notice-warn' : 'notice'}>
      <p class="notice-title">{what}</p>
      <p>{next}</p>
      {!linking && <ReasonButton row={row} state={state} onDone={again} />}
    </div>
  );
}

function History({ story: { reward, history } }: { story: RewardStory }) {
  return (
    <section class="block" aria-labelledby="history">
      <h3 id="history">{say('rewards_detail_history')}</h3>
      {history.entries.length === 0 ? (
        <p class="empty">{say('rewards_detail_no_history')}</p>
      ) : (
        <ul class="rows">
          {history.entries.map((entry) => (
            <AuditRow key={entry.seq} entry={entry} />
          ))}
        </ul>
      )}
      {history.before !== null && (
        <p>
          <a href={dashboardHash('audit', reward)}>{say('rewards_detail_older')}</a>
        </p>
      )}
    </section>
  );
}

const asRow = (story: RewardStory): Reward => ({
  ...{ reward: story.reward, accountId: story.accountId, userId: story.userId, unit: story.unit },
  ...{ money: story.money, state: story.state, reason: story.reason, facts: story.facts },
  at: story.claimed?.at ?? story.earned?.at ?? 0,
  customer: story.credited?.customer ?? story.claimed?.customer ?? null,
  ...{ claimed: story.claimed !== null, credit: story.credited?.credit ?? null, ledger: null },
});
