import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { RewardStory } from '../../contract/ledger.ts';
import { refusalSaid } from '../../locales/explain.ts';
import { say, sayAround } from '../../locales/say.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { dateTime } from '../date-time.ts';
import { CopyId } from './CopyId.tsx';
import { Landed } from './Landed.tsx';
import { moneyOf } from './words.ts';

type Step = {
  key: string;
  title: string;
  /** Null where it has not happened, or nobody wrote down when. */
  at: number | null;
  done: boolean;
  /** Something is wrong with it. */
  bad?: boolean;
  more?: ComponentChildren;
};

/** From earned to spent, in one column. What has not happened is shown as not yet. */
export function Timeline({ story, foundAt }: { story: RewardStory; foundAt: number | null }) {
  const used = useSignal(false);
  const steps = [...before(story, foundAt), ...after(story, used)];
  const isOver = story.state === 'cancelled';
  return (
    <ol class="rw-steps">
      {steps
        .filter(({ done }) => done || !isOver)
        .map(({ key, title, at, done, bad, more }) => (
          <li key={key} class={bad ? 'rw-step rw-step-bad' : done ? 'rw-step rw-step-done' : 'rw-step'}>
            <p class="rw-step-title">
              <span class="item-title">{title}</span>
              <span class="muted small">
                {at !== null ? (
                  <time dateTime={new Date(at).toISOString()}>{dateTime(at)}</time>
                ) : (
                  !done && !more && say('rewards_step_not_yet')
                )}
              </span>
            </p>
            {more}
          </li>
        ))}
    </ol>
  );
}

function before({ earned, claimed, sent, unit, advocate }: RewardStory, foundAt: number | null): Step[] {
  return [
    {
      ...{ key: 'earned', title: say('rewards_step_earned'), at: earned?.at ?? null, done: true },
      more: (
        <p class="muted small">
          {advocate && advocate.statuses.length > 0
            ? say('rewards_step_earned_as', { unit, statuses: advocate.statuses.join(', ') })
            : unit}
        </p>
      ),
    },
    {
      // This browser may have found what another one had claimed long before.
      ...{ key: 'found', title: say('rewards_step_found'), at: claimed ? null : foundAt },
      done: foundAt !== null || claimed !== null,
    },
    {
      ...{
        key: 'claimed',
        title: say('rewards_step_claimed'),
        at: claimed?.at ?? null,
        done: claimed !== null,
      },
      more: claimed && <p class="muted small">{say('rewards_step_claimed_by', { browser: claimed.by })}</p>,
    },
    {
      ...{ key: 'sent', title: say('rewards_step_sent'), at: sent?.first ?? null, done: sent !== null },
      bad: sent?.unknown === true || (sent?.refusal ?? null) !== null,
      more: sent && <Sent sent={sent} />,
    },
  ];
}

function Sent({ sent }: { sent: NonNullable<RewardStory['sent']> }) {
  return (
    <>
      {sent.last !== sent.first && (
        <p class="muted small">{say('rewards_step_sent_last', { when: dateTime(sent.last) })}</p>
      )}
      {sent.unknown && <p class="small hint-bad">{say('rewards_step_sent_unknown')}</p>}
      {sent.refusal !== null && (
        <p class="small hint-bad">
          {say('rewards_step_sent_refused', { detail: refusalSaid(sent.refusal) })}
        </p>
      )}
    </>
  );
}

function after(story: RewardStory, used: Signal<boolean>): Step[] {
  const { credited, redeemed, noted, reversal, advocate } = story;
  return [
    {
      ...{ key: 'credited', title: say('rewards_step_credited'), at: credited?.at ?? null },
      done: credited !== null,
      more: credited && <Credited credited={credited} />,
    },
    {
      ...{ key: 'redeemed', title: say('rewards_step_redeemed'), at: redeemed?.at ?? null },
      done: redeemed !== null,
      bad: (redeemed?.byHand ?? 0) > 0,
      more: redeemed !== null && redeemed.byHand > 0 && (
        <p class="small hint-bad">{say('rewards_step_redeemed_by_hand')}</p>
      ),
    },
    {
      ...{ key: 'noted', title: say('rewards_step_noted'), at: noted?.at ?? null, done: noted !== null },
      more: noted && advocate?.note && (
        <p class="muted small">{say('rewards_step_noted_as', { note: advocate.note })}</p>
      ),
    },
    {
      ...{ key: 'used', title: say('rewards_step_used'), at: null, done: used.value },
      more: credited && <Landed reward={story.reward} used={used} />,
    },
    ...(reversal ? [takenBack(reversal)] : []),
  ];
}

function Credited({ credited }: { credited: NonNullable<RewardStory['credited']> }) {
  const { credit, requestId, before: from, after: to, customer, customerUrl } = credited;
  return (
    <dl class="facts rw-facts">
      {from && to && (
        <div>
          <dt>{say('rewards_fact_balance')}</dt>
          <dd>
            {sayAround('rewards_fact_balance_from_to', {
              before: <bdi key="before">{moneyOf(from)}</bdi>,
              after: <bdi key="after">{moneyOf(to)}</bdi>,
              arrow: (
                <span key="arrow" class="arrow" aria-hidden="true">
                  →
                </span>
              ),
            })}
          </dd>
        </div>
      )}
      <div>
        <dt>{say('rewards_fact_customer')}</dt>
        <dd>
          <CopyId id={customer} what={say('rewards_fact_customer')} />{' '}
          <a href={customerUrl} target="_blank" rel="noreferrer">
            {say('action_open_stripe')}
          </a>
        </dd>
      </div>
      <div>
        <dt>{say('rewards_fact_credit')}</dt>
        <dd>
          <CopyId id={credit} what={say('rewards_fact_credit')} />
        </dd>
      </div>
      {requestId !== null && (
        <div>
          <dt>{say('rewards_fact_request')}</dt>
          <dd>
            <CopyId id={requestId} what={say('rewards_fact_request')} />
          </dd>
        </div>
      )}
    </dl>
  );
}

function takenBack(reversal: NonNullable<RewardStory['reversal']>): Step {
  const { state, reversed, debit, decidedAt, proposedAt, reward } = reversal;
  const isDone = state === 'reversed';
  return {
    ...{ key: 'reversal', title: say(`rewards_step_reversal_${state}`), at: decidedAt ?? proposedAt },
    done: state !== 'proposed',
    bad: state === 'proposed',
    more: (
      <>
        {isDone && reversed && <p>{say('rewards_step_reversal_amount', { amount: moneyOf(reversed) })}</p>}
        {isDone && debit && (
          <p class="hint-warn">{say('rewards_step_reversal_debit', { amount: moneyOf(debit) })}</p>
        )}
        <p>
          <a href={dashboardHash('take-back', reward)}>{say('rewards_step_reversal_show')}</a>
        </p>
      </>
    ),
  };
}
