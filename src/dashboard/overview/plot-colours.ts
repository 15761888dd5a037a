/** A canvas knows no tokens, so they are asked of the page: in this theme, or in the person's own colours. */
const TOKENS = {
  accent: ['--accent', 'Highlight'],
  warn: ['--warn', 'CanvasText'],
  text: ['--ink-2', 'CanvasText'],
  line: ['--line', 'GrayText'],
} as const;
export type Colour = keyof typeof TOKENS;

const FORCED = '(forced-colors: active)';
const CHANGES = ['(prefers-color-scheme: dark)', FORCED, '(prefers-contrast: more)'];

export function coloursOf(inside: HTMLElement): Record<Colour, string> {
  const probe = inside.appendChild(document.createElement('span'));
  probe.hidden = true;
  const forced = matchMedia(FORCED).matches;
  const read = (colour: Colour): string => {
    const [token, system] = TOKENS[colour];
    probe.style.color = forced ? system : `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = { accent: read('accent'), warn: read('warn'), text: read('text'), line: read('line') };
  probe.remove();
  return colours;
}

/** Calls back when the colours have become others; answers how to stop. */
export function onColours(changed: () => void): () => void {
  const queries = CHANGES.map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
