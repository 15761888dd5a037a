import { locale } from '../locales/say.ts';

type Form = 'full' | 'time';
const STYLES: Record<Form, Intl.DateTimeFormatOptions> = {
  full: { dateStyle: 'medium', timeStyle: 'medium' },
  time: { timeStyle: 'short' },
};
const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, form: Form, language: string): string {
  // Making one costs more than a hundred uses, and a list has it in every row.
  const key = `${form} ${language}`;
  const made = formats.get(key) ?? new Intl.DateTimeFormat(language, STYLES[form]);
  formats.set(key, made);
  return made.format(at);
}

/** `22 Nov 2026, 14:03:09`, in this person's language and time zone. */
export const dateTime = (at: number): string => format(at, 'full', locale());
/** `14:03`, for what is over within the hour. */
export const timeOfDay = (at: number): string => format(at, 'time', locale());
