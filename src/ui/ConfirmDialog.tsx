import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { say } from '../locales/say.ts';

type Props = {
  title: string;
  children: ComponentChildren;
  /** The word on the button that goes on; it names the deed, never just "OK". */
  yes: string;
  onYes: () => void;
  /** Another way to go on. */
  other?: { yes: string; onYes: () => void } | undefined;
  onNo: () => void;
};

/** Asks once more. Render it only while it asks; the browser keeps and gives back the focus. */
export function ConfirmDialog({ title, children, yes, onYes, other, onNo }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isAnswered = useRef(false);
  const titleId = useId();
  // Before another key can be pressed: it would go to the page behind, and the focus would come back there.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  // At once, not when the browser tells that it has closed: whoever asks again before that would be taken for answered.
  const leave = (answer: () => void) => {
    if (isAnswered.current) return;
    isAnswered.current = true;
    dialog.current?.close();
    answer();
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={titleId} onClose={() => leave(onNo)}>
      <h2 id={titleId}>{title}</h2>
      <div class="stack">{children}</div>
      <div class="row row-end">
        <button type="button" class="button" onClick={() => leave(onNo)}>
          {say('ui_cancel')}
        </button>
        {other && (
          <button type="button" class="button" onClick={() => leave(other.onYes)}>
            {other.yes}
          </button>
        )}
        <button type="button" class="button button-primary" onClick={() => leave(onYes)}>
          {yes}
        </button>
      </div>
    </dialog>
  );
}
