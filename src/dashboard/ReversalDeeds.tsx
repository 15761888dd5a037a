import { useSignal } from '@preact/signals';
import type { PopupState } from '../contract/messages.ts';
import { formatMoney, type Money } from '../contract/money.ts';
import { explainReversal, type ReversalView } from '../contract/reversals.ts';
import { Button } from '../ui/Button.tsx';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { isAdmin, placeOf } from './surroundings.ts';
import { ReadOnly } from './Title.tsx';

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
  if (view.state === 'dismissed')
    return <p class="notice">An admin decided to leave this credit as it is. The customer keeps it.</p>;

  const proposed = view.state === 'proposed';
  const { unspent, money } = view;
  const possible = unspent !== null && unspent.amount > 0;
  const answer = (deed: () => void) => () => {
    asking.value = null;
    deed();
  };
  const no = answer(() => undefined);
  return (
    <div class="block">
      {unspent && <Sums view={view} unspent={unspent} />}
      {proposed && unspent?.amount === 0 && (
        <p>The customer has used all of it, so there is nothing to take back.</p>
      )}
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
              {proposed ? `Take back ${formatMoney(unspent)}` : 'Try again now'}
            </Button>
          )}
          {unspent === null && (
            <Button class="button" busy={busy} onClick={onLookAgain}>
              Look again
            </Button>
          )}
          <Button
            class="button"
            busy={busy}
            onClick={() => {
              asking.value = 'leave';
            }}
          >
            Leave it
          </Button>
        </div>
      ) : (
        <ReadOnly deed="take it back or leave it" />
      )}
      {asking.value === 'take_back' && possible && (
        <ConfirmDialog
          title={`Take back ${formatMoney(unspent)}?`}
          yes={`Take back ${formatMoney(unspent)}`}
          onNo={no}
          onYes={answer(() => onTakeBack(unspent))}
        >
          <p>
            One opposite transaction of {formatMoney(unspent)} is made on <code>{view.customer}</code>.{' '}
            {formatMoney(money)} was credited
            {spentOf(view, unspent) && `; ${spentOf(view, unspent)} is spent already and stays spent`}.
          </p>
          <p>It cannot be undone.</p>
          <p class="muted">{placeOf(state)}.</p>
        </ConfirmDialog>
      )}
      {asking.value === 'leave' && (
        <ConfirmDialog
          title={`Leave the credit of ${formatMoney(money)}?`}
          yes="Leave the credit"
          onNo={no}
          onYes={answer(onLeave)}
        >
          <p>
            <code>{view.customer}</code> keeps it, and it is not proposed again. To change your mind later,
            change the customer’s balance in Stripe.
          </p>
          <p class="muted">{placeOf(state)}.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** How much of it is gone, or null where nothing is. */
function spentOf({ money }: ReversalView, unspent: Money): string | null {
  const amount = money.amount - unspent.amount;
  return amount > 0 ? formatMoney({ ...money, amount }) : null;
}

function Sums({ view, unspent }: { view: ReversalView; unspent: Money }) {
  const spent = spentOf(view, unspent) ?? formatMoney({ ...view.money, amount: 0 });
  const proposed = view.state === 'proposed';
  return (
    <dl class="sums">
      <div>
        <dt>Credited</dt>
        <dd>{formatMoney(view.money)}</dd>
      </div>
      {proposed && (
        <div>
          <dt>Spent already</dt>
          <dd>{spent}</dd>
        </div>
      )}
      <div>
        <dt>{proposed ? 'Unspent now' : 'To be taken back'}</dt>
        <dd>{formatMoney(unspent)}</dd>
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
      {view.state === 'confirmed'
        ? 'An admin confirmed it, and it is on its way to Stripe.'
        : 'How much of it is unspent is not known at the moment.'}
    </p>
  );
}
