/** What differs, in English: for the report, its table and its CSV. The extension words the same codes itself. */
import { formatMoney, readMoney } from '../contract/money.ts';
import type { ReconcileWhy } from '../contract/reconciliation.ts';
import { english } from '../locales/english.ts';
import type { Key } from '../locales/keys.ts';

/** Each has its words: `reconcile_why_…`. */
export type WhyCode = Key extends infer K ? (K extends `reconcile_why_${infer Code}` ? Code : never) : never;

export const inEnglish = ({ code, facts }: ReconcileWhy): string =>
  english(`reconcile_why_${code}`).replace(/\{(\w+)\}/g, (_, fact: string) => said(facts[fact] ?? '…'));

function said(fact: string): string {
  const money = readMoney(fact);
  return money === null ? fact : formatMoney(money, 'en');
}
