import type { Mode } from '../contract/words.ts';
import { AskFirst } from './AskFirst.tsx';
import { useStore } from './store.ts';

export function Disconnect({ account, mode }: { account: string; mode: Mode }) {
  const store = useStore();
  return (
    <AskFirst
      label="Disconnect"
      title={`Disconnect ${account}?`}
      yes="Disconnect Stripe"
      deed={() => store.change('disconnect', {})}
    >
      <p>
        Nobody’s browser can make credits in {mode} mode until an admin connects Stripe again. Credits already
        made stay, and rewards are kept.
      </p>
    </AskFirst>
  );
}
