import { useSignal } from '@preact/signals';
import type { PopupState } from '../../contract/messages.ts';
import type { Money } from '../../contract/money.ts';
import type { ReversalView } from '../../contract/reversals.ts';
import { explainReversal } from '../../locales/explain.ts';
import { say, sayAround } from '../../locales/say.ts';
import { money } from '../../ui/amounts.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { isAdmin, placeOf } from '../surroundings.ts';

type Props = {
  state: PopupState;
  view: ReversalView;
  busy: boolean;
  onTakeBack: (amount: Money) => void;
  onLeave: () => void;
  onLookAgain: () => void;
};

/** The decision: how much there is to take back now, and the two buttons. */
export function ReversalDeeds({ state, view, busy, onTakeBack, onLeave, onLookAgain }: Props) {
  const asking = useSignal<'take_back' | 'leave' | null>(null);
  if (view.state === 'reversed') return null;
  if (view.state === 'dismissed') return <p class="notice">{say('reversals_was_left')}</p>;

  const proposed = view.state === 'proposed';
  const { unspent } = view;
  const possible = unspent !== null && unspent.amount > 0;
  const spent = unspent && spentOf(view, unspent);
  const answer = (deed: () => void) => () => {
    asking.value = null;
    deed();
  };
  const no = answer(() => undefined);
  return (
    <div class="block">
      {unspent && <Sums view={view} unspent={unspent} />}
      {proposed && unspent?.amount === 0 && <p>{say('reversals_all_used')}</p>}
      {(!proposed || unspent === null) && <Stuck view={view} />}
      {isAdmin(state) ? (
        <div class="row">
          {possible && (
            <Button
              class="button button-primary"
              busy={busy}
              onClick={() => {
                asking.value = 'take_back';
              }}
            >
              {proposed ? say('reversals_take_back', { amount: money(unspent) }) : say('reversals_try_again')}
            </Button>
          )}
          {unspent === null && (
            <Button class="button" busy={busy} onClick={onLookAgain}>
              {say('reversals_look_again')}
            </Button>
          )}
          <Button
            class="button"
            busy={busy}
            onClick={() => {
              asking.value = 'leave';
            }}
          >
            {say('reversals_leave')}
          </Button>
        </div>
      ) : (
        <p class="notice">{say('reversals_read_only_one')}</p>
      )}
      {asking.value === 'take_back' && possible && (
        <ConfirmDialog
          title={say('reversals_take_back_title', { amount: money(unspent) })}
          yes={say('reversals_take_back', { amount: money(unspent) })}
          onNo={no}
          onYes={answer(() => onTakeBack(unspent))}
        >
          <p>
            {sayAround(spent ? 'reversals_take_back_what_spent' : 'reversals_take_back_what', {
              amount: money(unspent),
              customer: <code key="customer">{view.customer}</code>,
              credited: money(view.money),
              ...(spent && { spent }),
            })}
          </p>
          <p>{say('reversals_take_back_lasting')}</p>
          <p class="muted">{say('reversals_place', { place: placeOf(state) })}</p>
        </ConfirmDialog>
      )}
      {asking.value === 'leave' && (
        <ConfirmDialog
          title={say('reversals_leave_title', { amount: money(view.money) })}
          yes={say('reversals_leave_yes')}
          onNo={no}
          onYes={answer(onLeave)}
        >
          <p>
            {sayAround('reversals_leave_what', { customer: <code key="customer">{view.customer}</code> })}
          </p>
          <p class="muted">{say('reversals_place', { place: placeOf(state) })}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** How much of it is gone, or null where nothing is. */
function spentOf({ money: credited }: ReversalView, unspent: Money): string | null {
  const amount = credited.amount - unspent.amount;
  return amount > 0 ? money({ ...credited, amount }) : null;
}

function Sums({ view, unspent }: { view: ReversalView; unspent: Money }) {
  const spent = spentOf(view, unspent) ?? money({ ...view.money, amount: 0 });
  const proposed = view.state === 'proposed';
  return (
    <dl class="sums">
      <div>
        <dt>{say('reversals_sum_credited')}</dt>
        <dd>{money(view.money)}</dd>
      </div>
      {proposed && (
        <div>
          <dt>{say('reversals_sum_spent')}</dt>
          <dd>{spent}</dd>
        </div>
      )}
      <div>
        <dt>{proposed ? say('reversals_sum_unspent') : say('reversals_sum_to_take')}</dt>
        <dd>{money(unspent)}</dd>
      </div>
    </dl>
  );
}

/** Why it is not through, or why nobody knows how much there is. */
function Stuck({ view }: { view: ReversalView }) {
  const said = view.reason && explainReversal(view.reason);
  if (said)
    return (
      <div class="notice notice-warn">
        <p>{said.what}</p>
        <p>{said.next}</p>
      </div>
    );
  return (
    <p class="notice">
      {view.state === 'confirmed' ? say('reversals_under_way') : say('reversals_unspent_unknown')}
    </p>
  );
}
