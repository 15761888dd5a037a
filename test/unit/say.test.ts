import { afterEach, expect, test } from 'vitest';
import { english } from '../../src/locales/english.ts';
import { locale, say, sayCount, speak } from '../../src/locales/say.ts';

afterEach(() => speak(english));

test('words that do not say which language they are still count and name, as English does', () => {
  speak((key) => (key === 'language' ? '' : english(key)));
  expect(() => new Intl.DateTimeFormat(locale())).not.toThrow();
  expect(locale()).toMatch(/^en/);
  expect(sayCount('overview_span', 7)).toBe('7 days');
});

test('the person’s own country is kept where its language is that of the words', () => {
  speak((key) => (key === 'language' ? 'ja' : english(key)));
  expect(locale()).toBe('ja');
});

test('a text that is missing shows its key instead of nothing', () => {
  speak(() => '');
  expect(say('popup_pair')).toBe('[popup_pair]');
});
