import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { say } from '../../locales/say.ts';
import { Button } from '../../ui/Button.tsx';
import { Drawing, type Line, type PlotData } from './Drawing.tsx';

type Props = {
  title: string;
  /** What it says, for whoever does not see it. */
  summary: string;
  data: PlotData;
  /** What each line is, in their order. */
  names: string[];
  /** What it says of a day, beneath it while somebody points there. */
  dayWords: (day: number) => string;
  /** A table of all that it shows. */
  children: ComponentChildren;
};

/** A plot with its caption, its text, and a real table of what it shows. */
export function Plot({ title, summary, data, names, dayWords, children }: Props) {
  const id = useId();
  const asTable = useSignal(false);
  const pointed = useSignal<number | null>(null);
  const showsTable = asTable.value;
  return (
    <figure class="ov-plot">
      <figcaption class="row row-spread">
        <span class="item-title">{title}</span>
        <span class="row ov-names">
          {data.lines.map((line, at) => (
            <Name key={names[at]} line={line} name={names[at] ?? ''} />
          ))}
        </span>
      </figcaption>
      <Drawing
        data={data}
        label={summary}
        at={(day) => {
          pointed.value = day;
        }}
      />
      <p class="ov-pointed muted small" aria-hidden="true">
        {pointed.value === null ? summary : dayWords(pointed.value)}
      </p>
      <Button
        class="button button-plain"
        aria-expanded={showsTable}
        aria-controls={id}
        onClick={() => {
          asTable.value = !asTable.value;
        }}
      >
        {say(showsTable ? 'overview_hide_table' : 'overview_show_table')}
      </Button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long table scrolls by itself, and only what has the focus scrolls by the arrow keys (WCAG 2.1.1) */}
      <section id={id} class="ov-table" aria-label={title} tabIndex={0} hidden={!showsTable}>
        {showsTable && children}
      </section>
    </figure>
  );
}

function Name({ line: { colour, shape }, name }: { line: Line; name: string }) {
  return (
    <span class="small muted ov-name">
      <span class={`ov-swatch ov-swatch-${shape} ov-${colour}`} aria-hidden="true" />
      {name}
    </span>
  );
}
