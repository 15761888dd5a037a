/** README.md as somebody follows it: what to type, and which lines of .env to fill in, in the order in which they stand. */
import { readFileSync } from 'node:fs';

export const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** What stands under a heading, down to the next one of its kind. */
export function section(title: string, text = README): string {
  const [, after] = text.split(`\n## ${title}\n`);
  if (after === undefined) throw new Error(`README.md has no section “${title}”.`);
  return after.split('\n## ')[0] ?? '';
}

const TYPED = /^(npm|cp|git|node) /;
/** What a command is for stands behind it, after two spaces or a sharp. */
const withoutRemark = (line: string) => line.trim().replace(/(\s+#| {2}).*$/, '');

/** Whole lines of code blocks, and commands within sentences. */
export function commandsIn(text: string): string[] {
  return text
    .split('```')
    .flatMap((part, index) =>
      index % 2 === 1
        ? part.split('\n').map(withoutRemark)
        : [...part.matchAll(/`([^`]+)`/g)].map(([, code]) => String(code).replace(/\s+/g, ' ')),
    )
    .filter((command) => TYPED.test(command));
}

/**
 * The lines of .env that a table tells to fill in, row by row: `NAME=` in its first column. A row that begins with *or* stands
 * instead of the one before it.
 */
export function settingsIn(text: string): { names: string[]; instead: boolean }[] {
  return text.split('\n').flatMap((line) => {
    const [, first = ''] = line.match(/^\|([^|]*)\|/) ?? [];
    const names = [...first.matchAll(/`([A-Z_]+)=`/g)].map(([, name]) => String(name));
    return names.length === 0 ? [] : [{ names, instead: /^\s*\*or\*/.test(first) }];
  });
}

/** A copy of .env.example in which a line is filled in. */
export function fillIn(env: string, name: string, value: string): string {
  const line = new RegExp(`^#?${name}=.*$`, 'm');
  if (!line.test(env)) throw new Error(`.env.example has no line ${name}=`);
  return env.replace(line, () => `${name}=${value}`);
}
