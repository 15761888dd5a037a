import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import { type Action, REASONS } from '../../contract/reasons.ts';
import { actionLabel, amountSaid } from '../../locales/explain.ts';
import { say, sayAround, sayCount } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import { amounts } from '../../ui/amounts.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { chosenMode } from '../../ui/chosen-mode.ts';
import { earlierRewards } from '../../ui/settings/earlier.ts';
import { useTask } from '../../ui/use-task.ts';
import { useStore } from '../store.ts';
import { placeOf } from '../surroundings.ts';
import type { Reward } from './read-rewards.ts';
import { mayDo, useReasonDeed } from './use-reason-deed.ts';
import { deedWords, moneyOf, rewardHash } from './words.ts';

type Props = {
  row: Reward;
  state: PopupState;
  /** Beside many others it says whose it is. */
  describedBy?: string | undefined;
  tabIndex?: number;
  /** The reward stands elsewhere by now. */
  onDone: () => void;
};

/** The one button of what is in the way, or who may press it. */
export function ReasonButton(props: Props) {
  const { row, state } = props;
  const action = row.reason && REASONS[row.reason].action;
  if (!action) return null;
  if (!mayDo(state, action)) return <p class="hint">{say('rewards_admin_has_to')}</p>;
  if (action === 'confirm_backfill') return <Earlier {...props} />;
  return <One {...props} action={action} />;
}

function One({ row, state, describedBy, tabIndex, onDone, action }: Props & { action: Action }) {
  const store = useStore();
  const { task, href, said, run } = useReasonDeed(row, action, onDone);
  const asking = useSignal(false);
  const problem = task.problem.value;
  const common = { class: 'button', 'data-control': 'deed', 'aria-describedby': describedBy, tabIndex };
  const label = action === 'open_advocate' ? say('rewards_copy_participant') : actionLabel(action);
  // Nobody is asked about a customer that is not known here: the ledger's may be another one by now. Its own page asks.
  const isUntold = action === 'confirm_currency' && row.facts.customer === undefined;
  if (isUntold && store.route.value.id === row.reward) return null;
  const leadsTo = isUntold ? rewardHash(row.reward) : href;
  if (leadsTo !== null)
    return (
      <a {...common} href={leadsTo}>
        {label}
      </a>
    );
  const question = questionOf(row, action);
  return (
    <>
      <Button
        {...common}
        busy={task.busy.value}
        onClick={() => {
          if (question) asking.value = true;
          else run();
        }}
      >
        {label}
      </Button>
      {action === 'open_advocate' && (
        <span class="hint" role="status">
          {said}
        </span>
      )}
      {problem && (
        <p class="hint hint-bad" role="alert">
          {say('ui_two_sentences', { first: titleSaid(problem), second: problem.detail ?? '' }).trim()}
        </p>
      )}
      {asking.value && question && (
        <ConfirmDialog
          title={question.title}
          yes={question.yes}
          onYes={() => {
            asking.value = false;
            run();
          }}
          onNo={() => {
            asking.value = false;
          }}
        >
          <p>{question.text}</p>
          <p class="muted">{placeOf(state)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** What moves money against a rule, or against an admin's word, asks once more. */
function questionOf({ money, facts, unit }: Reward, action: Action) {
  const amount = money ? moneyOf(money) : unit;
  const currency = facts.currency ?? money?.currency ?? unit;
  if (action === 'confirm_currency')
    return {
      title: say('rewards_currency_title', { currency }),
      text: sayAround('rewards_currency_text', { amount, customer: <code>{facts.customer}</code> }),
      yes: say('rewards_currency_yes'),
    };
  if (action === 'release_cap')
    return {
      title: say('rewards_cap_title', { amount }),
      text:
        facts.cap === undefined
          ? say('rewards_cap_text_any')
          : say('rewards_cap_text', { cap: amountSaid(facts.cap) }),
      yes: say('rewards_cap_yes'),
    };
  if (action === 'release') {
    const deed = deedWords('release', 1);
    const title = say('rewards_bulk_question', { deed });
    return { title, text: say('rewards_bulk_release_means'), yes: deed };
  }
  return null;
}

/** One yes lets all through that was earned before its unit was added, so the question is about all of them. */
function Earlier({ state, describedBy, tabIndex, onDone }: Props) {
  const store = useStore();
  const task = useTask();
  const asking = useSignal(false);
  const earlier = earlierRewards(state.queue);
  const settings = chosenMode(state)?.settings;
  if (!earlier || !settings) return null;
  return (
    <>
      <Button
        class="button"
        data-control="deed"
        aria-describedby={describedBy}
        tabIndex={tabIndex}
        busy={task.busy.value}
        onClick={() => {
          asking.value = true;
        }}
      >
        {actionLabel('confirm_backfill')}
      </Button>
      {task.problem.value && (
        <p class="hint hint-bad" role="alert">
          {titleSaid(task.problem.value)}
        </p>
      )}
      {asking.value && (
        <ConfirmDialog
          title={sayCount('rewards_earlier_title', earlier.count)}
          yes={say('rewards_earlier_yes')}
          onYes={() => {
            asking.value = false;
            void task.run(async () => {
              await store.change('confirmBackfill', { version: settings.version, seen: earlier.sums });
              onDone();
            });
          }}
          onNo={() => {
            asking.value = false;
          }}
        >
          <p>{say('rewards_earlier_text', { sums: amounts(earlier.sums) })}</p>
          <p class="muted">{placeOf(state)}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
