import type { PopupState } from '../contract/messages.ts';
import { ReversalList } from './ReversalList.tsx';
import { isAdmin } from './surroundings.ts';
import { ReadOnly, Title } from './Title.tsx';

/** Credits that should not have stayed: what is proposed, and what became of earlier proposals. */
export function TakeBack({ state }: { state: PopupState }) {
  return (
    <section class="view">
      <Title state={state}>Take back</Title>
      <p class="lead">
        Credits whose reward was cancelled in Advocate afterwards, or whose participant belongs to another
        customer now. Nothing is taken back by itself.
      </p>
      {!isAdmin(state) && <ReadOnly deed="take a credit back or leave it" />}
      <ReversalList
        state="proposed"
        heading="Proposed"
        empty="Nothing is proposed. When a credit turns out wrong, it appears here."
      />
      <ReversalList state="confirmed" heading="On their way" empty={null} />
      <ReversalList state="reversed" heading="Taken back" empty={null} />
      <ReversalList state="dismissed" heading="Left as they are" empty={null} />
    </section>
  );
}
