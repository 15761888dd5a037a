/** uPlot, as every plot here uses it: days from left to right, one scale, colours from tokens. */
import uPlot from 'uplot';
import { type Colour, coloursOf, onColours } from './plot-colours.ts';
import { shortDay } from './words.ts';

export type Line = {
  values: (number | null)[];
  colour: Colour;
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
/** So many are told apart by a dot each. */
const FEW_DAYS = 31;
/** Weeks and months, so that the same weekdays are named. */
const EVERY_DAYS = [1, 2, 7, 14, 28, 56, 91, 182];

/** Answers how to take it away; null where this browser draws nothing. */
export function drawPlot(into: HTMLElement, data: PlotData, at: (day: number | null) => void) {
  if (!document.createElement('canvas').getContext('2d')) return null;
  let colours = coloursOf(into);
  const colour = (name: Colour) => () => colours[name];
  const font = () => getComputedStyle(into).fontFamily;
  const size = Number.parseFloat(getComputedStyle(into).fontSize);
  const { days, lines, steps } = data;
  const axis = { stroke: colour('text'), font: `${size}px ${font()}`, ticks: { show: false } };

  const plot = new uPlot(
    {
      width: Math.max(into.clientWidth, 1),
      height: HEIGHT,
      // Beside the last day there is room for half of its name.
      padding: [8, 2.5 * size, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false, range: () => [-0.6, days.length - 0.4] },
        y: steps ? { distr: 3, range: (_, least, most) => around(steps, least, most) } : { range: fromZero },
      },
      axes: [
        {
          ...axis,
          incrs: EVERY_DAYS,
          space: 7 * size,
          size: 2.4 * size,
          grid: { show: false },
          values: (_, splits) => splits.map((day) => (days[day] ? shortDay(days[day]) : '')),
        },
        {
          ...axis,
          size: 4.8 * size,
          grid: { stroke: colour('line'), width: 1 },
          values: (_, splits) => splits.map((value) => (value === null ? '' : data.scale(value))),
          ...(steps && {
            splits: (_, __, least, most) => steps.filter((step) => step >= least && step <= most),
            filter: (_, splits) => splits,
          }),
        },
      ],
      series: [{}, ...lines.map((line) => seriesOf(line, colour(line.colour), days.length <= FEW_DAYS))],
      hooks: { setCursor: [({ cursor }) => at(cursor.idx ?? null)] },
    },
    [days.map((_, day) => day), ...lines.map(({ values }) => values)],
    into,
  );

  const resized = new ResizeObserver(() => {
    if (into.clientWidth > 0 && into.clientWidth !== plot.width)
      plot.setSize({ width: into.clientWidth, height: HEIGHT });
  });
  resized.observe(into);
  const stopColours = onColours(() => {
    colours = coloursOf(into);
    plot.redraw(true, true);
  });
  return () => {
    resized.disconnect();
    stopColours();
    plot.destroy();
  };
}

function seriesOf({ shape }: Line, colour: () => string, few: boolean): uPlot.Series {
  if (shape === 'bars')
    return { fill: colour, stroke: colour, width: 0, paths: bars, points: { show: false } };
  if (shape === 'dots' || shape === 'rings')
    return {
      ...{ stroke: colour, width: 0, paths: () => null },
      points: {
        show: true,
        size: 5,
        width: 1,
        stroke: colour,
        ...(shape === 'dots' ? { fill: colour } : {}),
      },
    };
  return {
    ...{ stroke: colour, width: 2, spanGaps: true },
    ...(shape === 'dashes' && { dash: [6, 4] }),
    points: { show: few, size: 5, fill: colour, stroke: colour },
  };
}
const bars = uPlot.paths.bars?.({ size: [0.7, 32] });

const fromZero = (_: uPlot, least: number, most: number): [number, number] =>
  least === 0 && most === 0 ? [0, 1] : [Math.min(0, least * 1.08), Math.max(0, most * 1.08)];

/** From the step below to the step above. */
function around(steps: readonly number[], least: number, most: number): [number, number] {
  const below = steps.filter((step) => step <= least).at(-1) ?? steps[0] ?? 1;
  const above = steps.find((step) => step >= most) ?? steps.at(-1) ?? 10;
  return [below, above > below ? above : below * 10];
}
