import type { Mode } from '../../src/contract/words.ts';
import type { Connections } from './connections.ts';
import { customerObject, deletedObject } from './customers.ts';
import type { AccountState, Books, Customer, StripeState } from './state.ts';
import type { Webhooks } from './webhooks.ts';

type Shown = Record<string, unknown>;

/** Tells of every change of a customer, with what it was before: https://docs.stripe.com/api/events/object */
export function createCustomerEvents(
  state: StripeState,
  connections: Pick<Connections, 'reaches'>,
  webhooks: Webhooks,
) {
  const known = new Map<string, Shown>();

  function show(account: AccountState, mode: Mode, customer: Customer): Shown {
    const caller = {
      key: '',
      mode,
      account,
      books: account.books[mode],
      permissions: null,
      restricted: false,
    };
    return customer.deleted ? deletedObject(customer) : customerObject(caller, customer);
  }

  const listened = (account: AccountState, mode: Mode) => {
    const endpoint = webhooks.endpoint(mode);
    return endpoint !== undefined && (endpoint.own === true || connections.reaches(account.id, mode));
  };

  return {
    /** Takes the present as told. */
    learn(mode: Mode): void {
      for (const account of Object.values(state.accounts))
        for (const customer of Object.values(account.books[mode].customers))
          known.set(customer.id, structuredClone(show(account, mode, customer)));
    },

    changed(books: Books, customer: Customer): void {
      const account = Object.values(state.accounts).find((one) => one.books[books.mode] === books);
      if (account === undefined || webhooks.endpoint(books.mode) === undefined) return;
      const before = known.get(customer.id);
      const now = structuredClone(show(account, books.mode, customer));
      known.set(customer.id, now);
      if (before === undefined || !listened(account, books.mode)) return;
      if (customer.deleted) {
        // The event holds the customer as it last was.
        if (before.deleted !== true)
          webhooks.tell(account.id, books.mode, 'customer.deleted', { object: before });
        return;
      }
      const changed = Object.keys(now).filter(
        (name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]),
      );
      if (changed.length === 0) return;
      const previous_attributes = Object.fromEntries(changed.map((name) => [name, before[name]]));
      webhooks.tell(account.id, books.mode, 'customer.updated', { object: now, previous_attributes });
    },
  };
}
