import type { Request } from '../../contract/messages.ts';
import type { Settings } from '../../contract/routes.ts';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { ProblemNotice } from '../../ui/ProblemNotice.tsx';
import type { Task } from '../../ui/use-task.ts';
import { differences, type SettingsDraft } from './settings-draft.ts';

type Props = {
  settings: Settings;
  draft: SettingsDraft;
  /** Null where nothing can be saved. */
  body: Request<'saveSettings'> | null;
  /** `moved`: somebody else saved since; nobody overwrites what they have not seen. */
  stand: 'same' | 'changed' | 'moved' | 'saved';
  saving: Task;
  onSave: () => void;
  onKeep: () => void;
  onDrop: () => void;
};

/** What saving would change, and the one button for all of it. */
export function Save({ settings, draft, body, stand, saving, onSave, onKeep, onDrop }: Props) {
  const busy = saving.busy.value;
  return (
    <div class="block settings-save">
      {stand === 'moved' && (
        <div class="notice notice-warn" role="alert">
          <p class="notice-title">{say('settings_moved')}</p>
          <Differences sentences={differences(draft.base, settings)} />
          <p>{say('settings_moved_next')}</p>
          <div class="row">
            <button type="button" class="button" onClick={onKeep}>
              {say('settings_keep')}
            </button>
            <button type="button" class="button" onClick={onDrop}>
              {say('settings_drop')}
            </button>
          </div>
        </div>
      )}
      {stand === 'changed' && body && (
        <div class="notice">
          <p class="notice-title">{say('settings_to_save')}</p>
          <Differences sentences={differences(settings, body)} />
        </div>
      )}
      {stand === 'changed' && !body && <p class="hint hint-warn">{say('settings_unfinished')}</p>}
      {saving.problem.value && <ProblemNotice problem={saving.problem.value} />}
      <div class="row">
        <Button
          class="button button-primary"
          disabled={!body || stand === 'moved'}
          busy={busy}
          onClick={onSave}
        >
          {busy ? say('settings_saving') : say('settings_save')}
        </Button>
        {stand === 'changed' && (
          <Button class="button" busy={busy} onClick={onDrop}>
            {say('settings_drop')}
          </Button>
        )}
        <p class="hint hint-good" role="status">
          {stand === 'saved' && say('settings_saved')}
        </p>
      </div>
    </div>
  );
}

function Differences({ sentences }: { sentences: string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
