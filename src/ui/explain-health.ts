/** The sentences of the health page: a code of the proxy, and what the rest of its answer knows. */
import type { Health } from '../contract/health.ts';
import { healthText } from '../contract/health-codes.ts';
import { codeSaid, type Explained, refusalSaid } from '../locales/explain.ts';
import { hasWords, type Key, locale, say } from '../locales/say.ts';
import { lasting } from './time.ts';

type Check = Pick<Health['checks'][number], 'code' | 'detail'>;
/** What the checks speak of. */
export type Known = Pick<Health, 'at' | 'lastRun' | 'permissions' | 'limits' | 'reconciled'>;

/** `next` is empty where there is nothing to do. */
export function explainHealth(check: Check, known: Known): Explained {
  const blanks = { detail: detailOf(check, known) };
  const next = `health_${check.code}_next`;
  return {
    what: say(`health_${check.code}_what`, blanks),
    next: hasWords(next) ? say(next as Key, blanks) : '',
    action: healthText(check.code).action,
  };
}

function detailOf({ code, detail }: Check, known: Known): string {
  switch (code) {
    case 'stripe_ok':
      return detail ?? say('health_stripe_by_key');
    case 'permissions_optional':
      return missingOf(known.permissions);
    case 'runs_quiet':
      return known.lastRun === null ? '…' : lasting(known.lastRun.at, known.at);
    case 'limits_slowed':
      return number(known.limits.slowedLastHour);
    case 'reconcile_differs':
      return known.reconciled === null ? '…' : number(known.reconciled.differences);
    case 'alerts_failing':
      return detail === null ? '…' : (codeSaid(detail) ?? detail);
    case 'advocate_unreachable':
      return detail ?? say('health_advocate_silent');
    case 'stripe_lost':
    case 'advocate_refused':
    case 'stripe_unreachable':
      return detail === null ? '…' : refusalSaid(detail);
    default:
      return detail ?? '…';
  }
}

function missingOf({ subscriptions, invoices }: Health['permissions']): string {
  const missing = [
    !subscriptions && say('health_missing_subscriptions'),
    !invoices && say('health_missing_invoices'),
  ].filter((one) => one !== false);
  return new Intl.ListFormat(locale()).format(missing);
}

const number = (count: number): string => new Intl.NumberFormat(locale()).format(count);
