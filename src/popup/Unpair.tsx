import { AskFirst } from './AskFirst.tsx';
import { useStore } from './store.ts';

export function Unpair() {
  const store = useStore();
  const unpair = async () => {
    await store.change('unpair', {});
    store.show({ name: 'home' });
  };
  return (
    <AskFirst label="Unpair" title="Unpair this browser?" yes="Unpair this browser" deed={unpair}>
      <p>It stops sending, and its token is taken back. No reward is lost: the proxy knows what was paid.</p>
      <p>To come back you need a new invitation.</p>
    </AskFirst>
  );
}
