/** Lines and bars of a plot: days from left to right, one scale, colours by their class. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { linear, logarithmic, type Scale } from './plot-scale.ts';
import { shortDay } from './words.ts';

export type Line = {
  values: readonly (number | null)[];
  colour: 'accent' | 'warn';
  shape: 'bars' | 'line' | 'dashes' | 'dots' | 'rings';
};
export type PlotData = {
  days: readonly string[];
  lines: readonly Line[];
  /** Beside the scale. */
  scale: (value: number) => string;
  /** Where the scale is logarithmic, the values that it names. */
  steps?: readonly number[];
};

const HEIGHT = 200;
const TOP = 8;
const BETWEEN_NAMES = 30;
const WIDEST_BAR = 32;
/** So many are told apart by a dot each. */
const FEW_DAYS = 31;
/** Weeks and months, so that the same weekdays are named. */
const EVERY_DAYS = [1, 2, 7, 14, 28, 56, 91, 182];

/** Its width in pixels, and the height of its letters. */
function useSize() {
  const into = useRef<HTMLDivElement>(null);
  const width = useSignal(320);
  const em = useSignal(13);
  useLayoutEffect(() => {
    const { current } = into;
    if (!current) return undefined;
    const measure = () => {
      if (current.clientWidth > 0) width.value = current.clientWidth;
      em.value = Number.parseFloat(getComputedStyle(current).fontSize) || em.value;
    };
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(current);
    return () => resized.disconnect();
  }, []);
  return { into, width: width.value, em: em.value };
}

type Place = { x: (day: number) => number; y: (value: number) => number; dayWidth: number };

/** @param at The day that somebody points at. */
export function Drawing({
  data,
  label,
  at,
}: {
  data: PlotData;
  label: string;
  at: (day: number | null) => void;
}) {
  const { into, width, em } = useSize();
  const pointed = useSignal<number | null>(null);
  const { days, lines } = data;
  const left = 4.8 * em;
  // Beside the last day there is room for half of its name.
  const right = width - 2.5 * em;
  const bottom = HEIGHT - 2.4 * em;
  const scale = scaleOf(data, (bottom - TOP) / BETWEEN_NAMES);
  const dayWidth = Math.max(right - left, 1) / (days.length + 0.2);
  const place: Place = {
    x: (day) => left + (day + 0.6) * dayWidth,
    y: (value) => bottom - scale.at(value) * (bottom - TOP),
    dayWidth,
  };
  const every = EVERY_DAYS.find((some) => some * dayWidth >= 7 * em) ?? days.length;
  const point = (day: number | null) => {
    if (day === pointed.value) return;
    pointed.value = day;
    at(day);
  };
  return (
    <div ref={into} class="ov-canvas small" role="img" aria-label={label}>
      {/* Its label stands on what is around it. */}
      <svg
        width={width}
        height={HEIGHT}
        aria-hidden="true"
        onPointerMove={({ offsetX }) => {
          const day = Math.round((offsetX - left) / dayWidth - 0.6);
          point(day >= 0 && day < days.length ? day : null);
        }}
        onPointerLeave={() => point(null)}
      >
        {scale.named.map((value) => (
          <g key={value}>
            <path class="ov-grid" d={`M${left} ${place.y(value)}H${right}`} />
            <text x={left - 0.5 * em} y={place.y(value)} dy="0.35em" text-anchor="end">
              {data.scale(value)}
            </text>
          </g>
        ))}
        {days.map(
          (day, index) =>
            index % every === 0 && (
              <text key={day} x={place.x(index)} y={HEIGHT - 0.8 * em} text-anchor="middle">
                {shortDay(day)}
              </text>
            ),
        )}
        {lines.map((line, index) => (
          <Shape key={index} line={line} place={place} few={days.length <= FEW_DAYS} />
        ))}
        {pointed.value !== null && (
          <path class="ov-cursor" d={`M${place.x(pointed.value)} ${TOP}V${bottom}`} />
        )}
      </svg>
    </div>
  );
}

function scaleOf({ lines, steps }: PlotData, most: number): Scale {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  return steps ? logarithmic(values, steps) : linear(values, most);
}

function Shape({ line: { values, colour, shape }, place, few }: { line: Line; place: Place; few: boolean }) {
  const { x, y, dayWidth } = place;
  const points = values.flatMap((value, day) => (value === null ? [] : [[x(day), y(value), value] as const]));
  if (shape === 'bars') {
    const half = Math.min(0.35 * dayWidth, WIDEST_BAR / 2);
    const bars = points.map(([across, up, value]) =>
      value === 0 ? '' : `M${across - half} ${y(0)}V${up}h${2 * half}V${y(0)}z`,
    );
    return <path class={`ov-shape ov-filled ov-${colour}`} d={bars.join('')} />;
  }
  const isLine = shape === 'line' || shape === 'dashes';
  const dots = points.map(([across, up]) => `M${across - 2.5} ${up}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0`);
  return (
    <g class={`ov-${colour}`}>
      {isLine && (
        <path
          class="ov-shape ov-line"
          d={points.map(([across, up], index) => `${index === 0 ? 'M' : 'L'}${across} ${up}`).join('')}
          stroke-dasharray={shape === 'dashes' ? '6 4' : undefined}
        />
      )}
      {(few || !isLine) && (
        <path class={shape === 'rings' ? 'ov-shape' : 'ov-shape ov-filled'} d={dots.join('')} />
      )}
    </g>
  );
}
