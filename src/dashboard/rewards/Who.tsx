import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ParticipantDetail, ParticipantKey } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { useStore } from '../store.ts';
import { CopyId } from './CopyId.tsx';

/** @param turn another one asks anew. */
type Props = { participant: ParticipantKey; turn: number };

/** Ids at once; name, e-mail and link as they are now, looked up for whoever looks at this one. */
export function Who({ participant: { accountId, userId }, turn }: Props) {
  const store = useStore();
  const found = useSignal<ParticipantDetail | 'unknown' | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const tell = (told: ParticipantDetail | 'unknown') => {
      if (isCurrent) found.value = told;
    };
    store.doors.ask('participant', { accountId, userId }).then(tell, () => tell('unknown'));
    return () => {
      isCurrent = false;
    };
  }, [accountId, userId, turn]);
  const { value: known } = found;
  const email = known === null || known === 'unknown' || known.email === userId ? null : known.email;
  return (
    <>
      <div>
        <dt>{say('rewards_column_participant')}</dt>
        <dd>
          <p role="status">{nameOf(known)}</p>
          {email !== null && <p class="muted">{email}</p>}
          <CopyId id={userId} what={say('rewards_column_participant')} />
        </dd>
      </div>
      {accountId !== userId && (
        <div>
          <dt>{say('rewards_fact_account')}</dt>
          <dd>
            <CopyId id={accountId} what={say('rewards_fact_account')} />
          </dd>
        </div>
      )}
      {known !== null && known !== 'unknown' && (
        <div>
          <dt>{say('rewards_fact_linked')}</dt>
          <dd>
            {known.link === null ? (
              say('rewards_fact_not_linked')
            ) : (
              <CopyId id={known.link} what={say('rewards_fact_linked')} />
            )}
          </dd>
        </div>
      )}
    </>
  );
}

function nameOf(known: ParticipantDetail | 'unknown' | null): string {
  if (known === null) return say('rewards_who_reading');
  return known === 'unknown' ? say('rewards_who_unknown') : (known.name ?? '');
}
