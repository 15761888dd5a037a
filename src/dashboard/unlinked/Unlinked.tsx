import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PopupState } from '../../contract/messages.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { saveFile } from '../csv-file.ts';
import { useStore } from '../store.ts';
import { Title } from '../Title.tsx';
import { ChooseCustomer } from './ChooseCustomer.tsx';
import type { Desk } from './desk.ts';
import { Files } from './Files.tsx';
import { ownDesk } from './own-desk.ts';
import { Review } from './Review.tsx';
import { RunProgress } from './RunProgress.tsx';
import type { Row } from './read-unlinked.ts';
import { unlinkedName, unlinkedParts } from './result-file.ts';
import { Toolbar } from './Toolbar.tsx';
import { UnlinkedList } from './UnlinkedList.tsx';
import { participantCount, waitingWords } from './words.ts';

/** Everybody whose rewards wait for a link: find their customers, look it over, link. */
export function UnlinkedView({ state }: { state: PopupState }) {
  const desk = ownDesk(useStore(), state.mode);
  const choosing = useSignal<Row | null>(null);
  const reviewing = useSignal(false);
  useEffect(() => desk.enter(), [desk]);
  const isEmpty = desk.reader.state.value === 'done' && desk.reader.rows.value.length === 0;
  const run = desk.run.value;
  return (
    <section class="view">
      <Title state={state}>{say('unlinked_title')}</Title>
      <p class="lead">{say('unlinked_lead')}</p>
      {run && <RunProgress run={run} state={state} onClose={desk.closeRun} />}
      <div class="block">
        <Toolbar desk={desk} />
        {isEmpty ? (
          <p class="empty">{say('unlinked_empty')}</p>
        ) : (
          <>
            <UnlinkedList
              desk={desk}
              onChoose={(row) => {
                choosing.value = row;
              }}
            />
            <Deed
              desk={desk}
              onLink={() => {
                reviewing.value = true;
              }}
              onSave={() =>
                saveFile(unlinkedName(state.mode), unlinkedParts(desk.reader.rows.value, desk.choices))
              }
            />
          </>
        )}
      </div>
      <Files desk={desk} state={state} />
      {choosing.value && (
        <ChooseCustomer
          key={choosing.value.who}
          desk={desk}
          row={choosing.value}
          onClose={() => {
            choosing.value = null;
          }}
        />
      )}
      {reviewing.value && (
        <Review
          desk={desk}
          state={state}
          onClose={() => {
            reviewing.value = false;
          }}
        />
      )}
    </section>
  );
}

type DeedProps = {
  desk: Desk;
  onLink: () => void;
  onSave: () => void;
};

/** How many are selected, what they wait for, and the button; also those that the search leaves out. */
function Deed({ desk, onLink, onSave }: DeedProps) {
  const selected = desk.selected.value;
  const participants = participantCount(selected.length);
  const stand = desk.run.value?.state.value;
  const busy = selected.length === 0 || desk.isUnfinished();
  return (
    <div class="row row-spread">
      <p>
        {selected.length === 0
          ? say('unlinked_selected_none')
          : say('unlinked_selected', { participants, rewards: waitingWords(selected) })}{' '}
        {stand === 'paused' && say('unlinked_resume_first')}
      </p>
      <span class="row">
        <Button class="button" onClick={onSave}>
          {say('unlinked_save_list')}
        </Button>
        <Button class="button button-primary" busy={busy} onClick={onLink}>
          {stand === 'running'
            ? say('unlinked_linking')
            : selected.length === 0
              ? say('unlinked_link')
              : say('unlinked_link_many', { participants })}
        </Button>
      </span>
    </div>
  );
}
