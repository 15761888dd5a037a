/** From a file to links: read, check, preview, and only then, once a person said yes, link. */
import { signal } from '@preact/signals';
import type { LinkWish } from '../../contract/linking.ts';
import type { Problem } from '../../contract/problems.ts';
import { say } from '../../locales/say.ts';
import { titleSaid } from '../../locales/told.ts';
import type { Ask } from '../../ui/ask.ts';
import { createRowCheck, type Fault, type FileLink } from './check-rows.ts';
import { FileRefused } from './file-refused.ts';
import type { Keeper } from './kept-runs.ts';
import { createLinkRun, type LinkRun } from './link-run.ts';
import { readCsv } from './read-csv.ts';
import { whoOf } from './who.ts';

const LINKED_AT_ONCE = 25;
const CHECKED_AT_ONCE = 100;

/** What would come of the file; nothing of it has been done. */
export type Preview = {
  fresh: LinkWish[];
  /** Another customer stands there now. */
  replacing: (LinkWish & { previous: string })[];
  unchanged: number;
  repeated: number;
  /** Lines that name no customer; an import never unlinks. */
  empty: number;
  faults: Fault[];
  ignored: string[];
};

export type Stage =
  | { name: 'none' }
  | { name: 'reading'; file: string; rows: number }
  | { name: 'refused'; file: string; what: string; action: string }
  | { name: 'checking'; file: string; run: LinkRun }
  | { name: 'preview'; file: string; preview: Preview }
  | { name: 'linking'; file: string; run: LinkRun; faults: Fault[] };

export function createImport(ask: Ask, keeper?: Keeper) {
  const stage = signal<Stage>({ name: 'none' });
  /** Off until a person ticks it. */
  const replaces = signal(false);
  let turn = 0;

  function cancel() {
    turn += 1;
    const { value } = stage;
    if (value.name === 'checking' || value.name === 'linking') value.run.stop();
    stage.value = { name: 'none' };
    replaces.value = false;
  }

  async function choose(file: File): Promise<void> {
    cancel();
    const mine = turn;
    const put = (next: Stage) => {
      if (mine === turn) stage.value = next;
    };
    put({ name: 'reading', file: file.name, rows: 0 });
    try {
      const check = createRowCheck();
      let ignored: string[] = [];
      let rows = 0;
      for await (const part of readCsv(file)) {
        if (mine !== turn) return;
        for (const row of part.rows) check.add(row, part.header);
        ({ ignored } = part.header);
        rows += part.rows.length;
        put({ name: 'reading', file: file.name, rows });
      }
      const { links, faults, empty, repeated } = check.finish();
      const read = { faults, ignored, empty, repeated };
      const wishes = links.map(({ line: _, ...link }) => ({ ...link, previous: null }));
      const run = createLinkRun({
        ask,
        wishes,
        batch: CHECKED_AT_ONCE,
        dryRun: true,
        done: () => put({ name: 'preview', file: file.name, preview: previewOf(run, links, read) }),
      });
      put({ name: 'checking', file: file.name, run });
      if (mine === turn) await run.go();
    } catch (thrown) {
      const refused =
        thrown instanceof FileRefused
          ? thrown
          : new FileRefused(say('unlinked_file_unread'), say('unlinked_file_unread_next'));
      if (refused !== thrown) console.error(thrown);
      put({ name: 'refused', file: file.name, what: refused.message, action: refused.action });
    }
  }

  /** Another mode is looked at: what was only proposed is forgotten, what is under way pauses. */
  function leave() {
    if (stage.value.name === 'linking') stage.value.run.pause();
    else cancel();
  }

  return {
    stage,
    replaces,
    choose,
    cancel,
    wishes: () => (stage.value.name === 'preview' ? wishesOf(stage.value.preview, replaces.value) : []),
    /** Pressed twice, it links once: the second time there is no preview any more. */
    link() {
      const { value: now } = stage;
      if (now.name !== 'preview') return;
      const wishes = wishesOf(now.preview, replaces.value);
      if (wishes.length === 0) return;
      const run = createLinkRun({ ask, wishes, batch: LINKED_AT_ONCE, ...(keeper && { keeper }) });
      stage.value = { name: 'linking', file: now.file, run, faults: now.preview.faults };
      void run.go();
    },
    /** What a closed tab left unfinished stands there as paused. */
    async takeUp(): Promise<void> {
      const mine = turn;
      const kept = await keeper?.left();
      if (!kept || mine !== turn || stage.value.name !== 'none') return;
      const { wishes, outcomes: before } = kept;
      const run = createLinkRun({
        ...{ ask, wishes, batch: LINKED_AT_ONCE, before },
        ...(keeper && { keeper }),
      });
      // What the file was called is not kept.
      stage.value = { name: 'linking', file: say('unlinked_file_earlier'), run, faults: [] };
    },
    /** The result was seen. */
    async close() {
      const { value: seen } = stage;
      if (seen.name !== 'linking' || !isOver(seen.run)) return;
      await keeper?.forget();
      if (stage.value === seen) cancel();
    },
    leave,
    /** Another proxy: what is kept of it stays kept. */
    forget() {
      leave();
      turn += 1;
      stage.value = { name: 'none' };
    },
    isBusy: () => stage.value.name === 'linking' && stage.value.run.isAsking.value,
  };
}
export type Import = ReturnType<typeof createImport>;

const isOver = ({ state }: LinkRun): boolean => state.value === 'done' || state.value === 'stopped';

const wishesOf = ({ fresh, replacing }: Preview, replaces: boolean): LinkWish[] =>
  replaces ? [...fresh, ...replacing] : fresh;

type Read = Pick<Preview, 'faults' | 'ignored' | 'empty' | 'repeated'>;

function previewOf({ outcomes }: LinkRun, links: FileLink[], read: Read): Preview {
  const preview: Preview = { ...read, fresh: [], replacing: [], unchanged: 0 };
  const faults: Fault[] = [];
  const torn = tornAccounts(links);
  for (const { line, ...link } of links) {
    const outcome = outcomes.get(whoOf(link));
    if (outcome?.state === 'unchanged') preview.unchanged += 1;
    else if (torn.has(link.accountId)) faults.push({ ...link, line, why: say('unlinked_row_torn') });
    else if (outcome?.state === 'ready') {
      const { current } = outcome;
      if (current === null) preview.fresh.push({ ...link, previous: null });
      else preview.replacing.push({ ...link, previous: current });
    } else {
      faults.push({ ...link, line, why: whyRefused(outcome?.problem ?? null) });
    }
  }
  preview.faults = [...read.faults, ...faults].toSorted((a, b) => a.line - b.line);
  return preview;
}

/** What happened and why, in one cell. */
function whyRefused(problem: Problem | null): string {
  if (problem === null) return say('unlinked_refused_silently');
  const [title, { detail }] = [titleSaid(problem), problem];
  return detail && detail !== problem.title
    ? say('ui_two_sentences', { first: title, second: detail })
    : title;
}

/** Linked one after the other, the first would win; nobody said that the first is right. */
function tornAccounts(links: readonly FileLink[]): ReadonlySet<string> {
  const customers = new Map<string, string>();
  const torn = new Set<string>();
  for (const { accountId, customer } of links) {
    if ((customers.get(accountId) ?? customer) !== customer) torn.add(accountId);
    customers.set(accountId, customer);
  }
  return torn;
}
