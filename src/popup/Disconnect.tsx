import type { Mode } from '../contract/words.ts';
import { say } from '../locales/say.ts';
import { AskFirst } from './AskFirst.tsx';
import { useStore } from './store.ts';

export function Disconnect({ account, mode }: { account: string | null; mode: Mode }) {
  const store = useStore();
  return (
    <AskFirst
      label={say('popup_disconnect')}
      title={
        account === null ? say('popup_disconnect_title_unnamed') : say('popup_disconnect_title', { account })
      }
      yes={say('popup_disconnect_yes')}
      deed={() => store.change('disconnect', {})}
    >
      <p>{say(`popup_disconnect_what_${mode}`)}</p>
    </AskFirst>
  );
}
