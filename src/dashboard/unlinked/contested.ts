/**
 * What is sure for each participant alone may contradict what is sure for another, also where they were asked about
 * apart. Seen from either side that is a tie, and a person decides it.
 */
export type Claim = { who: string; accountId: string; customer: string };
/** `customer`: somebody of another account fits it as well. `account`: somebody of the same account fits another one. */
export type Contest = 'customer' | 'account';

export function createClaims() {
  const byCustomer = new Map<string, Map<string, Claim>>();
  const byAccount = new Map<string, Map<string, Claim>>();
  const contests = new Map<string, Contest>();

  function put(all: Map<string, Map<string, Claim>>, key: string, claim: Claim): Claim[] {
    const same = all.get(key) ?? new Map<string, Claim>();
    all.set(key, same.set(claim.who, claim));
    return [...same.values()];
  }

  return {
    of: (who: string): Contest | null => contests.get(who) ?? null,
    /** Answers whom the claim leaves in doubt. */
    add(claim: Claim): string[] {
      const ofCustomer = put(byCustomer, claim.customer, claim);
      const ofAccount = put(byAccount, claim.accountId, claim);
      const doubted: string[] = [];
      const doubt = (all: readonly Claim[], contest: Contest) => {
        for (const { who } of all) contests.set(who, contest);
        doubted.push(...all.map(({ who }) => who));
      };
      if (ofCustomer.some(({ accountId }) => accountId !== claim.accountId)) doubt(ofCustomer, 'customer');
      if (ofAccount.some(({ customer }) => customer !== claim.customer)) doubt(ofAccount, 'account');
      return doubted;
    },
    clear() {
      byCustomer.clear();
      byAccount.clear();
      contests.clear();
    },
  };
}
