import { number, share } from './words.ts';

export type Bar = {
  key: string;
  label: string;
  count: number;
  href?: string | undefined;
  kind?: 'good' | 'warn' | undefined;
  /** A part of the one above it, without a bar of its own. */
  part?: boolean;
};

/** Counts with their shares; the bars are for the eye, the words say the same. */
export function Bars({ bars, of }: { bars: Bar[]; of: number }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <ul class="ov-bars">
      {bars.map(({ key, label, count, href, kind, part }) => (
        <li key={key} class={part ? 'ov-bar ov-bar-part' : 'ov-bar'}>
          <span class="ov-bar-label">{href ? <a href={href}>{label}</a> : label}</span>
          <span class="ov-bar-count">
            <strong>{number(count)}</strong> <span class="muted">{share(count, of)}</span>
          </span>
          {!part && (
            <span class="ov-bar-track" aria-hidden="true">
              {count > 0 && (
                <span
                  class={kind ? `ov-bar-fill ov-bar-${kind}` : 'ov-bar-fill'}
                  style={{ inlineSize: `${(100 * count) / most}%` }}
                />
              )}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
