import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { formatMoney } from '../../src/contract/money.ts';
import type { Mode } from '../../src/contract/words.ts';
import { type Upcoming, upcomingInvoice } from './invoices.ts';
import { clock, day, type Html, MODE_NAMES, modeBadge, page } from './page-layout.ts';
import { type Env, type Simulation, seconds } from './simulation.ts';
import { type AccountState, type BalanceTransaction, type Customer, type Invoice, lookUp } from './state.ts';

const money = (amount: number, currency: string) =>
  formatMoney({ amount, currency: currency.toUpperCase() }, 'en');

/** People read credit as a positive amount; Stripe stores it negative. */
function balanceText(amount: number, currency: string): Html {
  if (amount === 0) return html`<span class="muted">${money(0, currency)}</span>`;
  const kind = amount < 0 ? 'credit' : 'owed';
  return html`<span class="${kind}">${money(Math.abs(amount), currency)} ${kind}</span>`;
}

const tags = (metadata: Record<string, string>) => {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return '';
  return html`<ul class="tags">${entries.map(([key, value]) => html`<li><b>${key}</b> ${value}</li>`)}</ul>`;
};

function balanceCard({ balances, currency }: Customer): Html {
  const held = Object.entries(balances);
  const shown = held.length > 0 ? held : [[currency ?? '', 0] as const];
  const one = ([code, amount]: readonly [string, number]) => {
    const kind = amount < 0 ? 'credit' : amount > 0 ? 'owed' : '';
    const unused = code !== currency && amount !== 0;
    const notes = amount < 0 ? 'Comes off the next invoice' : amount > 0 ? 'Goes on the next invoice' : '';
    return html`<div>
      <div class="balance ${kind}">${code ? money(Math.abs(amount), code) : '0'}</div>
      <p class="note">${
        unused
          ? `Not used: this customer is billed in ${currency?.toUpperCase()}`
          : notes || 'Neither credit nor debt'
      }</p>
    </div>`;
  };
  return html`<section class="card"><h2>Credit balance</h2><div class="body balances">${shown.map(one)}</div></section>`;
}

function upcomingCard(customer: Customer, upcoming: Upcoming | null): Html {
  if (!upcoming)
    return html`<section class="card"><h2>Upcoming invoice</h2>
      <div class="empty">None: this customer has no monthly plan.</div></section>`;
  const { currency, total, applied, due, endingBalance, at } = upcoming;
  const line =
    applied === 0
      ? ''
      : html`<dt>${applied < 0 ? 'Credit balance applied' : 'Debt carried over'}</dt>
        <dd class="${applied < 0 ? 'credit' : ''}">${applied < 0 ? '−' : '+'}${money(Math.abs(applied), currency)}</dd>`;
  const left =
    endingBalance < 0 && html`<dt>Credit left after it</dt><dd>${money(-endingBalance, currency)}</dd>`;
  return html`<section class="card">
    <div class="head"><h2>Upcoming invoice</h2><span class="note">${day(at)}</span></div>
    <div class="body"><dl class="sum">
      <dt>Monthly plan</dt><dd>${money(total, currency)}</dd>
      ${line}
      <dt class="total">Amount due</dt><dd class="total">${money(due, currency)}</dd>
      ${left || ''}
    </dl>
    <form method="post" action="/_sandbox/customers/${customer.id}/invoice"><button>Finalize it now</button></form>
    </div></section>`;
}

const TYPES: Record<BalanceTransaction['type'], string> = {
  adjustment: 'Adjustment',
  initial: 'Opening balance',
  applied_to_invoice: 'Applied to invoice',
  invoice_too_small: 'Invoice too small',
  unapplied_from_invoice: 'Given back by a voided invoice',
};

function transactionRow(transaction: BalanceTransaction): Html {
  const { id, amount, currency, description, type, ending_balance, created, metadata, invoice } = transaction;
  return html`<tr>
    <td class="when">${day(created)}<span class="note">${clock(created)}</span></td>
    <td class="what">${description ?? TYPES[type]}${description ? html`<span class="note">${TYPES[type]}</span>` : ''}
      ${invoice ? html`<code>${invoice}</code>` : ''}<code>${id}</code>
      ${tags(metadata)}</td>
    <td class="amount"><span class="${amount < 0 ? 'credit' : ''}">${amount < 0 ? '+' : '−'}${money(Math.abs(amount), currency)}</span></td>
    <td class="amount">${balanceText(ending_balance, currency)}</td>
  </tr>`;
}

function transactionsCard(transactions: BalanceTransaction[]): Html {
  const rows = transactions.toReversed().map(transactionRow);
  return html`<section class="card">
    <div class="head"><h2>Balance transactions</h2><span class="note">${rows.length}, newest first</span></div>
    ${
      rows.length === 0
        ? html`<div class="empty">No credit or debit yet.</div>`
        : html`<div class="scroll" role="region" aria-label="Balance transactions" tabindex="0"><table><thead><tr><th>Date</th><th>Description</th>
      <th class="amount">Change</th><th class="amount">Balance after</th></tr></thead><tbody>${rows}</tbody></table></div>`
    }</section>`;
}

function invoicesCard(invoices: Invoice[]): Html {
  if (invoices.length === 0) return html``;
  const row = (invoice: Invoice) => html`<tr>
    <td class="when">${day(invoice.created)}</td>
    <td>${invoice.number} <span class="badge ${invoice.status}">${invoice.status}</span><code>${invoice.id}</code></td>
    <td class="amount">${money(Number(invoice.total), String(invoice.currency))}</td>
    <td class="amount">${money(Number(invoice.amount_due), String(invoice.currency))}</td></tr>`;
  return html`<section class="card"><h2>Invoices</h2><div class="scroll" role="region" aria-label="Invoices" tabindex="0"><table><thead><tr>
    <th>Date</th><th>Number</th><th class="amount">Total</th><th class="amount">Due</th></tr></thead>
    <tbody>${invoices.toReversed().map(row)}</tbody></table></div></section>`;
}

function detailsCard(customer: Customer, mode: Mode): Html {
  return html`<section class="card"><h2>Details</h2><div class="body"><dl>
    <dt>Customer</dt><dd><code>${customer.id}</code></dd>
    <dt>E-mail</dt><dd>${customer.email ?? '—'}</dd>
    <dt>Currency</dt><dd>${customer.currency?.toUpperCase() ?? 'Not set yet'}</dd>
    <dt>Created</dt><dd>${day(customer.created)}</dd>
    <dt>Mode</dt><dd>${MODE_NAMES[mode]}</dd>
  </dl>${tags(customer.metadata)}</div></section>`;
}

export function pageRoutes(app: Hono<Env>, sim: Simulation) {
  const bar = ({ name }: AccountState, mode: Mode) =>
    html`<span class="who">${name} ${modeBadge(mode)}</span>`;
  const listPath = (mode: Mode) => (mode === 'test' ? '/test/customers' : '/customers');

  const notFound = (c: Context<Env>, what: string) =>
    c.html(
      page(
        'Not found',
        html`<main class="ask"><section class="card"><h1>Not found</h1><p>${what}</p>
      <p><a href="/test/customers">Customers in test mode</a> · <a href="/customers">in live mode</a></p></section></main>`,
      ),
      404,
    );

  /** Addresses with another account's id in them lead nowhere. */
  function accountOf(c: Context<Env>): AccountState | undefined {
    return lookUp(sim.state.accounts, c.req.param('account') ?? sim.state.accountId);
  }

  const one = (mode: Mode) => (c: Context<Env>) => {
    const account = accountOf(c);
    const books = account?.books[mode];
    const customer = books && lookUp(books.customers, c.req.param('customer') ?? '');
    if (!account || !books || !customer)
      return notFound(c, `There is no such customer in ${MODE_NAMES[mode].toLowerCase()}.`);
    const transactions = books.balanceTransactions[customer.id] ?? [];
    const invoices = Object.values(books.invoices).filter((invoice) => invoice.customer === customer.id);
    const name = customer.name ?? customer.email ?? customer.id;
    const content = html`<main>
      <p class="crumbs"><a href="${listPath(mode)}">Customers</a> / ${name}</p>
      <div class="title"><h1>${name}</h1>${modeBadge(mode)}</div>
      <p class="sub">${customer.email ?? 'No e-mail'} · <code>${customer.id}</code></p>
      ${customer.deleted ? html`<p class="banner">This customer was deleted. Nothing can be credited any more.</p>` : ''}
      <div class="columns">
        <div class="stack">${transactionsCard(transactions)}${invoicesCard(invoices)}</div>
        <aside class="stack">${balanceCard(customer)}${upcomingCard(customer, upcomingInvoice(customer, seconds(sim)))}${detailsCard(customer, mode)}</aside>
      </div></main>`;
    return c.html(page(name, content, bar(account, mode)));
  };

  const all = (mode: Mode) => (c: Context<Env>) => {
    const account = accountOf(c);
    if (!account) return notFound(c, 'There is no such account.');
    const customers = Object.values(account.books[mode].customers).filter((customer) => !customer.deleted);
    const row = (customer: Customer) => {
      const { id, name, email, currency, balances, created } = customer;
      const code = currency ?? account.defaultCurrency;
      const prefix = c.req.param('account') ? `/${account.id}` : '';
      return html`<tr>
        <td><a href="${prefix}${listPath(mode)}/${id}">${name ?? email ?? id}</a><span class="note">${name === null ? 'No name' : (email ?? 'No e-mail')}</span></td>
        <td><code>${id}</code></td><td>${currency?.toUpperCase() ?? html`<span class="muted">Not set</span>`}</td>
        <td class="when">${day(created)}</td><td class="amount">${balanceText(balances[code] ?? 0, code)}</td></tr>`;
    };
    const other = mode === 'test' ? 'live' : 'test';
    const content = html`<main>
      <div class="title"><h1>Customers</h1>${modeBadge(mode)}</div>
      <p class="sub">${customers.length} in this mode · <a href="${listPath(other)}">${MODE_NAMES[other]}</a></p>
      <section class="card">${
        customers.length === 0
          ? html`<div class="empty">No customers yet.</div>`
          : html`<div class="scroll" role="region" aria-label="Customers" tabindex="0"><table><thead><tr><th>Customer</th><th>Id</th><th>Currency</th><th>Created</th>
            <th class="amount">Balance</th></tr></thead><tbody>${customers.toReversed().map(row)}</tbody></table></div>`
      }</section></main>`;
    return c.html(page('Customers', content, bar(account, mode)));
  };

  app.get('/', (c) => c.redirect('/test/customers'));
  for (const account of ['', '/:account{acct_[A-Za-z0-9]+}']) {
    app.get(`${account}/test/customers`, all('test'));
    app.get(`${account}/customers`, all('live'));
    app.get(`${account}/test/customers/:customer`, one('test'));
    app.get(`${account}/customers/:customer`, one('live'));
  }
}
