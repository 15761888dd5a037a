/** What is wrong with the words of a language, measured against the English ones. */

export type Words = Record<string, string>;

const FORM = /_(zero|one|two|few|many|other)$/;
const stemOf = (key: string) => key.replace(FORM, '');

export function fittingIn(language: string, words: Words, english: Words): string[] {
  const forms: string[] = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const isCounted = (key: string) => FORM.test(key) && `${stemOf(key)}_other` in english;
  const formOf = (key: string) => FORM.exec(key)?.[1] ?? '';
  /** Its English twin; a form that only this language has is measured against the one for all else. */
  const twinOf = (key: string) =>
    english[key] ??
    (isCounted(key) && forms.includes(formOf(key)) ? english[`${stemOf(key)}_other`] : undefined);

  const missing = Object.keys(english)
    .filter((key) => words[key] === undefined && !(isCounted(key) && !forms.includes(formOf(key))))
    .map((key) => `${key}: missing`);
  const wrong = Object.entries(words).flatMap(([key, text]) => {
    const twin = twinOf(key);
    if (twin === undefined) return `${key}: not in English`;
    return findingsOf(text, twin).map((finding) => `${key}: ${finding}`);
  });
  return [...missing, ...wrong];
}

function findingsOf(text: string, english: string): string[] {
  if (text === '') return ['empty'];
  const [own, theirs] = [blanksOf(text), blanksOf(english)];
  const most = longest(english);
  const findings = [
    own.join() !== theirs.join() && `has the blanks [${own}], not [${theirs}]`,
    (text !== text.trim() || text.includes('  ')) && 'spaces at an end, or two in a row',
    /\p{L}['"]|['"]\p{L}/u.test(text) && 'a straight apostrophe or quote',
    widthOf(text) > most && `${widthOf(text)} long, at most ${most}`,
  ];
  return findings.filter((finding) => finding !== false);
}

const blanksOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, blank]) => blank))].sort();

/** In columns: a blank counts as one letter, a Japanese sign as two. */
function widthOf(text: string): number {
  const shown = text.replace(/\{\w+\}/g, '…');
  const wide = shown.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。、「」・ー（）]/gu) ?? [];
  return [...shown].length + wide.length;
}

/** A label stands in a button or a row and has to stay one; sentences may wrap, but not double. */
function longest(english: string): number {
  const isSentence = /[.?!…:]$/.test(english) || english.length > 60;
  return Math.floor(isSentence ? widthOf(english) * 1.7 + 12 : widthOf(english) * 1.8 + 8);
}
