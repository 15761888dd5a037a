import type { Level } from './health-words.ts';

/** A shape of its own for each level, so that nobody has to tell colours apart. The words stand beside it. */
const SHAPES: Record<Level, string> = {
  good: 'M5 10.5 L8.5 14 L15 6.5',
  notice: 'M10 9 V14.5 M10 5.5 V6.2',
  bad: 'M10 5 V11 M10 14 V14.7',
};

export function LevelMark({ level }: { level: Level }) {
  return (
    <svg
      class={`level level-${level}`}
      width="20"
      height="20"
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {level === 'bad' ? (
        <path class="level-ground" d="M6 1 H14 L19 6 V14 L14 19 H6 L1 14 V6 Z" />
      ) : (
        <circle class="level-ground" cx="10" cy="10" r="9" />
      )}
      <path class="level-line" d={SHAPES[level]} />
    </svg>
  );
}
