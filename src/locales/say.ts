/**
 * Words in the language of the person's browser. English stands in `en/`, one file per area, and the other languages
 * beside it; the build makes the `_locales` of the extension from them (scripts/locales.ts).
 */
import type { ProblemCode } from '../contract/problems.ts';
import type { Key, PluralKey } from './keys.ts';

export type { Key, PluralKey } from './keys.ts';
/** What is filled into `{name}`. */
export type Blanks = Record<string, string | number>;

let lookUp = (_key: string): string => {
  throw new Error('Nothing was said where words come from.');
};

/** Called once by whatever starts a page or the worker. @param words from a key to its text; empty where there is none. */
export function speak(words: (key: string) => string): void {
  lookUp = words;
  languages = null;
}

const text = (key: string): string => lookUp(key) || `[${key}]`;

/** A blank that is not given is written as an ellipsis. */
export const say = (key: Key, blanks: Blanks = {}): string =>
  text(key).replace(/\{(\w+)\}/g, (_, blank: string) => String(blanks[blank] ?? '…'));

/** A sentence in pieces: its words, and in the place of each blank what stands there. */
export function sayAround<T>(key: Key, blanks: Record<string, T>): (string | T)[] {
  return text(key)
    .split(/\{(\w+)\}/)
    .map((piece, at) => (at % 2 === 0 ? piece : (blanks[piece] ?? '…')));
}

/** The form that fits the count; `{count}` is filled with it. */
export function sayCount(key: PluralKey, count: number, blanks: Blanks = {}): string {
  const form = new Intl.PluralRules(locale()).select(count);
  const fitting = lookUp(`${key}_${form}`) === '' ? 'other' : form;
  return say(`${key}_${fitting}` as Key, { count: number(count), ...blanks });
}

/** Whether there are words for it; a newer proxy may know codes that this version does not. */
export const hasWords = (key: string): boolean => lookUp(key) !== '';
export const sayProblem = (code: ProblemCode, title: string): string => lookUp(`problem_${code}`) || title;

let languages: string | null = null;

/** For `Intl`: the language of these words, in the form of the person's own country where that is the same language. */
export function locale(): string {
  if (languages !== null) return languages;
  // Intl refuses what is no language, and with it every date and number.
  const words = hasWords('language') ? say('language') : 'en';
  const [own = ''] = navigator.languages ?? [];
  languages = own.split('-')[0] === words.split('-')[0] ? own : words;
  return languages;
}

const number = (count: number): string => new Intl.NumberFormat(locale()).format(count);
