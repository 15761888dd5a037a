import { expect, test } from 'vitest';
import type { RewardSeen } from '../../src/contract/routes.ts';
import { byLinking } from '../../src/ui/by-linking.ts';
import { seen } from './background-fakes.ts';

const unlinked = (id: string, more: Partial<RewardSeen> = {}) =>
  seen(id, { state: 'waiting', reason: 'not_linked', ...more });
const yen = { amount: 500, currency: 'JPY' };

test('whoever links sees per currency what goes through by it, and what still does not', () => {
  expect(byLinking([unlinked('1'), unlinked('2', { money: yen })])).toBe(
    'Linking lets up to 2 rewards (¥500 JPY and $20.00 USD) through.',
  );
  expect(byLinking([unlinked('1'), unlinked('2', { facts: { unit: 'STRIPE/USD' } })])).toBe(
    'Linking lets up to 1 reward ($20.00 USD) through. 1 reward ($20.00 USD) earned before the unit was added: an admin has to confirm that as well.',
  );
});

test('what a link does not move is not promised', () => {
  expect(byLinking([])).toBeNull();
  expect(byLinking([seen('1', { state: 'waiting', reason: 'pending' })])).toBeNull();
});
