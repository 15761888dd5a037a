import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { isAdmin } from '../surroundings.ts';
import { Title } from '../Title.tsx';
import { ReversalList } from './ReversalList.tsx';

/** Credits that should not have stayed: what is proposed, and what became of earlier proposals. */
export function TakeBack({ state }: { state: PopupState }) {
  return (
    <section class="view">
      <Title state={state}>{say('reversals_title')}</Title>
      <p class="lead">{say('reversals_lead')}</p>
      {!isAdmin(state) && <p class="notice">{say('reversals_read_only')}</p>}
      <ReversalList
        state="proposed"
        heading={say('reversals_proposed')}
        empty={say('reversals_proposed_none')}
      />
      <ReversalList state="confirmed" heading={say('reversals_confirmed')} empty={null} />
      <ReversalList state="reversed" heading={say('reversals_reversed')} empty={null} />
      <ReversalList state="dismissed" heading={say('reversals_dismissed')} empty={null} />
    </section>
  );
}
