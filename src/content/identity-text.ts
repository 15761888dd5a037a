/** Which texts can be an identity. Anything else (24 hex digits, a row number) may be the page's own key. */
import { forText } from './for-text.ts';

const ADDRESS = String.raw`[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[\p{L}]{2,}`;
/** Of `j•••e@example.com` and `jane@example.co…` no part is an e-mail: it would be somebody else's. */
const emailIn = forText(String.raw`(?<![\p{L}\p{N}._%+'*•●·…-])${ADDRESS}(?!\.?[\p{L}\p{N}*•●…-]|\.\.)`, 'g');
const wholeEmail = forText(`^${ADDRESS}$`);
const letter = forText(String.raw`[\p{L}]`);
const letterOrDigit = forText(String.raw`[\p{L}\p{N}]`);
/** Advocate advises SHA-1 of the e-mail as id; tenants in the field use SHA-256 as well. */
const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

export const hasLetter = (text: string): boolean => letter(text).test(text);

export function emailsIn(text: string): string[] {
  return text.includes('@') ? (text.match(emailIn(text)) ?? []) : [];
}

export function isEmail(text: string): boolean {
  return text.length <= 254 && text.includes('@') && wholeEmail(text).test(text);
}

export function isHash(text: string): boolean {
  return HASH.test(text);
}

/** Strong enough to name somebody without a label beside it. */
export function isIdentity(text: string): boolean {
  return isEmail(text) || isHash(text);
}

/** A value that a label may call an id. */
export function canBeId(text: string): boolean {
  if (text.length === 0 || text.length > 255 || /\s/.test(text)) return false;
  if (/^[0-9a-f]{24}$/i.test(text)) return false;
  if (/^(cus_|https?:)/.test(text) || /["{}<>…•]|\*\*/.test(text)) return false;
  if (/^(none|n\/?a|null|nil|undefined|unknown|empty|loading.*|copy|edit|show|view|add)$/i.test(text))
    return false;
  return letterOrDigit(text).test(text);
}

export function sameEmail(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
