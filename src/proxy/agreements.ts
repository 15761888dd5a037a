/** What a person agreed to for a reward, where it is the reason why the reward goes through: for the history. */

export type Agreement = 'currency_confirmed' | 'cap_released';
/** Of one request. */
export type Agreements = ReturnType<typeof createAgreements>;

export function createAgreements() {
  const noted = new Map<string, Set<Agreement>>();
  return {
    /** Without it the reward would have been held here. */
    note(reward: string, agreement: Agreement): void {
      noted.set(reward, (noted.get(reward) ?? new Set()).add(agreement));
    },
    /** Each counts once, for the credit that is sent because of it. */
    take(reward: string): Agreement[] {
      const agreements = [...(noted.get(reward) ?? [])];
      noted.delete(reward);
      return agreements;
    },
  };
}
