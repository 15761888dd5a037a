import { money } from '../amounts.ts';
import type { Earlier } from './earlier.ts';

export function EarlierSums({ earlier }: { earlier: Earlier }) {
  return (
    <ul class="earlier-sums">
      {earlier.sums.map((sum) => (
        <li key={sum.currency} class="amount">
          {money(sum)}
        </li>
      ))}
    </ul>
  );
}
