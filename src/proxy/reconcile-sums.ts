/** What a reconciliation adds up while its lines go by. Who verifies a report adds them up once more. */
import type { Money } from '../contract/money.ts';
import { FINDINGS, type Finding, type ReconcileLine } from '../contract/reconciliation.ts';

export function createSums() {
  const findings = Object.fromEntries(FINDINGS.map((finding) => [finding, 0])) as Record<Finding, number>;
  const credited = new Map<string, number>();
  const reversed = new Map<string, number>();
  const sorted = (sums: Map<string, number>): Money[] =>
    [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, amount]) => ({ amount, currency }));
  let rewards = 0;
  return {
    add({ finding, money, reward }: Pick<ReconcileLine, 'finding' | 'money' | 'reward'>) {
      findings[finding] += 1;
      if (reward !== null) rewards += 1;
      const sums = finding === 'matched' ? credited : finding === 'reversed' ? reversed : null;
      if (sums !== null && money !== null)
        sums.set(money.currency, (sums.get(money.currency) ?? 0) + money.amount);
    },
    rewards: () => rewards,
    result: () => ({
      rewards,
      findings: { ...findings },
      credited: sorted(credited),
      reversed: sorted(reversed),
    }),
  };
}
