import { say } from '../locales/say.ts';
import { AskFirst } from './AskFirst.tsx';
import { useStore } from './store.ts';

export function Unpair() {
  const store = useStore();
  const unpair = async () => {
    await store.change('unpair', {});
    store.show({ name: 'home' });
  };
  return (
    <AskFirst
      label={say('popup_unpair')}
      title={say('popup_unpair_title')}
      yes={say('popup_unpair_yes')}
      deed={unpair}
    >
      <p>{say('popup_unpair_what')}</p>
      <p>{say('popup_unpair_next')}</p>
    </AskFirst>
  );
}
