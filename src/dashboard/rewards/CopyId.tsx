import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { useCopy } from './use-copy.ts';

/** An id with a button that copies it. `what` names it for whoever hears the button alone. */
export function CopyId({ id, what }: { id: string; what: string }) {
  const { copy, said } = useCopy();
  return (
    <span class="rw-id">
      <code>{id}</code>
      <Button
        class="button button-plain small"
        aria-label={say('rewards_copy_what', { what })}
        onClick={() => void copy(id)}
      >
        {say('rewards_copy')}
      </Button>
      <span class="hint" role="status">
        {said}
      </span>
    </span>
  );
}
