/** What a person does on a page that a unit test rendered: controls are found by role and name. */
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach } from 'vitest';

/** One turn of the event loop, by a clock that no test sets: whatever a click set off has been answered. */
const turn = () => new Promise<void>((go) => realSetImmediate(() => go()));
const realSetImmediate = setImmediate;
/** What came of it is drawn, and so is a view that is loaded later, and was loaded before, with all that it asks for. */
async function acted(deed: () => void): Promise<void> {
  await act(async () => {
    deed();
    await turn();
  });
  for (let turns = 0; turns < 3; turns++) await act(turn);
}

let shown: HTMLElement | null = null;
afterEach(() => {
  if (shown) render(null, shown);
  shown?.remove();
  shown = null;
});

/** One page at a time; it is taken down after the test. */
export function freshRoot(): HTMLElement {
  shown = document.body.appendChild(document.createElement('div'));
  return shown;
}

export function handsOn(root: HTMLElement) {
  const named = <E extends HTMLElement>(role: string, name: string, elements: Iterable<E>): E => {
    const found = [...elements].filter((one) => nameOf(one) === name);
    const [one] = found;
    if (!one || found.length > 1) {
      throw new Error(`${found.length} ${role}s are called “${name}” in: ${root.textContent}`);
    }
    return one;
  };
  return {
    root,
    text: () => root.textContent ?? '',
    button: (name: string) => named('button', name, root.querySelectorAll('button')),
    link: (name: string) => named('link', name, root.querySelectorAll('a')),
    box: (label: string) => named('box', label, root.querySelectorAll('input')),
    has: (name: string) => [...root.querySelectorAll('button')].some((one) => nameOf(one) === name),
    async click(name: string) {
      await acted(() => named('button', name, root.querySelectorAll('button')).click());
    },
    async type(label: string, text: string) {
      const box = named('box', label, root.querySelectorAll('input'));
      await act(async () => {
        box.value = text;
        box.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
      });
    },
    radios: () => [...root.querySelectorAll<HTMLInputElement>('input[type=radio]')],
    do: acted,
  };
}

/** Enough of the accessible name for these pages: label, aria-label, else the text. */
function nameOf(element: HTMLElement): string {
  const label = element.getAttribute('aria-label');
  if (label) return label;
  const text = element.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : null;
  const spoken = element.cloneNode(true) as HTMLElement;
  for (const hidden of spoken.querySelectorAll('[aria-hidden=true]')) hidden.remove();
  return (text ?? spoken.textContent ?? '').trim();
}
