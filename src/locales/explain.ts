/** The sentences beside an unpaid reward, and beside a credit that is taken back. */
import { formatMoney, readMoney } from '../contract/money.ts';
import { type Action, type Facts, REASONS, type Reason, reasonText } from '../contract/reasons.ts';
import { type Blanks, hasWords, type Key, locale, say } from './say.ts';

/** What happened and why, what to do or what happens by itself, and the one button. */
export type Explained = { what: string; next: string; action: Action | null };

export const actionLabel = (action: Action): string => say(`action_${action}`);

/** A reason in a few words, where there is no reward to tell it of, or not all that its sentence names is known. */
export const reasonWord = (reason: Reason): string => say(`reason_${reason}_word`);

export function explain(reason: Reason, facts: Facts = {}): Explained {
  const blanks = worded(reason, facts);
  const { shows = [] } = reasonText(reason);
  const isWhole = shows.every((fact) => facts[fact] !== undefined);
  return {
    what: isWhole ? say(`reason_${reason}_what`, blanks) : reasonWord(reason),
    next: say(`reason_${reason}_next`, blanks),
    action: REASONS[reason].action,
  };
}

/** Why a credit is not taken back (yet). Other reasons say it in the words they have for rewards. */
export function explainReversal(reason: Reason): { what: string; next: string } {
  const own = `reversal_${reason}`;
  if (!hasWords(`${own}_what`)) return explain(reason);
  return { what: say(`${own}_what` as Key), next: say(`${own}_next` as Key) };
}

/** An amount as the proxy writes it, in the person's language; any other text as it is. */
export function amountSaid(text: string): string {
  const money = readMoney(text);
  return money === null ? text : formatMoney(money, locale());
}

/** Why another service said no: a code of the proxy in words, or its own words as a quotation. */
export const refusalSaid = (why: string): string => codeSaid(why) ?? say('quoted', { text: why });

/** Their detail is what Stripe or Advocate said. */
const QUOTING: readonly Reason[] = ['permission_missing', 'stripe_refused', 'advocate_refused'];

function worded(reason: Reason, { detail, cap, ...names }: Facts): Blanks {
  return {
    ...names,
    ...(cap !== undefined && { cap: amountSaid(cap) }),
    ...(detail !== undefined && { detail: detailSaid(reason, detail) }),
  };
}

function detailSaid(reason: Reason, detail: string): string {
  if (reason === 'pending') return pendingSaid(detail);
  const said = codeSaid(detail) ?? creditSaid(detail);
  if (said !== null) return said;
  return QUOTING.includes(reason) ? refusalSaid(detail) : amountSaid(detail);
}

/** Codes are in capitals or without any; sentences and names are neither. */
export function codeSaid(detail: string): string | null {
  const key = `detail_${detail.toLowerCase()}`;
  return /^([a-z_]+|[A-Z_]+)$/.test(detail) && hasWords(key) ? say(key as Key) : null;
}

/** Everything that Advocate still waits for; it may know more than there are words for here. */
function pendingSaid(detail: string): string {
  const parts = detail
    .split(', ')
    .map(
      (part) => codeSaid(part) ?? (/^[A-Z_]+$/.test(part) ? part.toLowerCase().replaceAll('_', ' ') : part),
    );
  return new Intl.ListFormat(locale()).format(parts);
}

/** What `plainCredit` wrote. */
function creditSaid(detail: string): string | null {
  const [, credit, amount = '', customer] = /^(\S+) (\S+ [A-Z]{3}) (cus_\S+)$/.exec(detail) ?? [];
  if (credit === undefined || customer === undefined) return null;
  return say('detail_other_credit', { credit, amount: amountSaid(amount), customer });
}
