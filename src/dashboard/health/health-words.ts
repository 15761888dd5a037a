import type { Health } from '../../contract/health.ts';
import { say, sayCount } from '../../locales/say.ts';

type Checks = Health['checks'];
export type Level = Checks[number]['level'];

const countOf = (checks: Checks, level: Level): number =>
  checks.filter((check) => check.level === level).length;

export function worstOf(checks: Checks): Level {
  if (countOf(checks, 'bad') > 0) return 'bad';
  return countOf(checks, 'notice') > 0 ? 'notice' : 'good';
}

/** The whole page in one sentence. */
export function summaryWords(checks: Checks): string {
  const [bad, notice] = [countOf(checks, 'bad'), countOf(checks, 'notice')];
  if (bad > 0) return sayCount('health_summary_bad', bad);
  return notice > 0 ? sayCount('health_summary_notice', notice) : say('health_summary_good');
}
