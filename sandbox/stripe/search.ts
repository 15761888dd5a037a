import { customerObject } from './customers.ts';
import type { Operation } from './endpoint.ts';
import { badRequest } from './errors.ts';
import { expandable, pageSize, readParams, required, text } from './params.ts';
import { readQuery } from './search-query.ts';
import type { Customer } from './state.ts';
import { permitExpanded } from './subscriptions.ts';

const asked = {
  query: text(5000),
  limit: pageSize,
  page: text(5000),
  expand: expandable('data.invoice_credit_balance', 'data.subscriptions', 'total_count'),
};

type Input = {
  matches: (customer: Customer) => boolean;
  limit: number;
  /** The customer the page before ended with. */
  after: string | null;
  expand: string[];
};

const invalidPage = () => badRequest('Invalid page: it belongs to another search.', { param: 'page' });

const pageAfter = (id: string) => Buffer.from(`after ${id}`).toString('base64url');

function readPage(page: string): string {
  const id = /^after (cus_\w+)$/.exec(Buffer.from(page, 'base64url').toString())?.[1];
  if (!id) throw invalidPage();
  return id;
}

export const searchCustomers: Operation<Input> = {
  name: 'customers/search',
  permission: 'rak_customer_read',
  read(params) {
    const { query, limit = 10, page, expand = [] } = readParams(params, asked);
    const after = page === undefined ? null : readPage(page);
    return { matches: readQuery(required(query, 'query')), limit, after, expand };
  },
  run(sim, caller, { matches, limit, after, expand }) {
    permitExpanded(caller, expand);
    const found = sim.index.visible(caller.books).filter(matches);
    const from = after === null ? 0 : found.findIndex((c) => c.id === after) + 1;
    if (after !== null && from === 0) throw invalidPage();
    const page = found.slice(from, from + limit);
    const more = found.length > from + page.length;
    const last = page.at(-1);
    const inner = expand.map((property) => property.replace('data.', ''));
    return {
      object: 'search_result',
      data: page.map((customer) => customerObject(caller, customer, inner)),
      has_more: more,
      next_page: more && last ? pageAfter(last.id) : null,
      url: '/v1/customers/search',
      ...(expand.includes('total_count') && { total_count: found.length }),
    };
  },
};
