import { badRequest } from './errors.ts';
import type { Customer } from './state.ts';

/** Stripe's search language for customers: https://docs.stripe.com/search#search-query-language */
type Clause = {
  negated: boolean;
  field: 'email' | 'name' | 'phone' | 'created' | 'metadata';
  key: string;
  operator: ':' | '~' | '>' | '<' | '>=' | '<=';
  /** Null asks whether a metadata key is absent. */
  value: string | number | null;
};

const cannotRead = (why: string) =>
  badRequest(`We were unable to parse your search query: ${why}.`, { param: 'query' });

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`;
const TOKEN = new RegExp(
  String.raw`\s*(?:(?<join>AND|OR)(?=\s)|(?<minus>-?)(?<field>[a-z_]+)(?:\[(?<key>${QUOTED})\])?(?<operator>>=|<=|[:~<>])(?<value>${QUOTED}|null|-?\d+))(?=\s|$)`,
  'iy',
);

const unquote = (quoted: string) => quoted.slice(1, -1).replace(/\\(.)/g, '$1');
const isQuoted = (text: string) => /^["']/.test(text);

function check(clause: Clause): Clause {
  const { field, operator, value, key } = clause;
  if (field === 'created') {
    if (typeof value !== 'number' || operator === '~') throw cannotRead('created is compared with a number');
    return clause;
  }
  if (operator !== ':' && operator !== '~') throw cannotRead(`${field} does not take ${operator}`);
  if (field === 'metadata') {
    if (key === '' || operator === '~' || typeof value === 'number')
      throw cannotRead('write metadata as metadata["key"]:"value"');
    return clause;
  }
  if (typeof value !== 'string') throw cannotRead(`the value of ${field} must be in quotes`);
  if (operator === '~' && value.length < 3) throw cannotRead('~ needs at least three characters');
  return clause;
}

const FIELDS = ['email', 'name', 'phone', 'created', 'metadata'] as const;
const isField = (name: string): name is Clause['field'] => FIELDS.some((field) => field === name);

function parse(query: string): { clauses: Clause[]; any: boolean } {
  const clauses: Clause[] = [];
  const joins = new Set<string>();
  let joined = true;
  TOKEN.lastIndex = 0;
  while (query.slice(TOKEN.lastIndex).trim() !== '') {
    const at = TOKEN.lastIndex;
    const { join, minus, field = '', key, operator, value = '' } = TOKEN.exec(query)?.groups ?? {};
    if (join) {
      if (joined) throw cannotRead(`${join} stands without a clause before it`);
      joins.add(join.toUpperCase());
      joined = true;
      continue;
    }
    if (!operator) throw cannotRead(`nothing is understood from "${query.slice(at).trim()}" on`);
    if (!isField(field)) throw cannotRead(`${field} is not a field that can be searched`);
    clauses.push(
      check({
        negated: minus === '-',
        field,
        key: key ? unquote(key) : '',
        operator: operator as Clause['operator'],
        value: isQuoted(value) ? unquote(value) : value.toLowerCase() === 'null' ? null : Number(value),
      }),
    );
    // Clauses with nothing between them are joined by AND.
    joined = false;
  }
  if (clauses.length === 0 || joined) throw cannotRead('a clause is missing');
  if (joins.size > 1) throw cannotRead('AND and OR cannot be combined');
  return { clauses, any: joins.has('OR') };
}

function holds({ field, key, operator, value }: Clause, customer: Customer): boolean {
  if (field === 'created') {
    const time = customer.created;
    const limit = Number(value);
    if (operator === ':') return time === limit;
    if (operator.endsWith('=') && time === limit) return true;
    return operator.startsWith('>') ? time > limit : time < limit;
  }
  const text = field === 'metadata' ? customer.metadata[key] : customer[field];
  if (value === null) return text === undefined;
  if (text === undefined || text === null) return false;
  const [there, wanted] = [text.toLowerCase(), String(value).toLowerCase()];
  return operator === '~' ? there.includes(wanted) : there === wanted;
}

/** Turns a query into a question to ask of a customer, or refuses it. */
export function readQuery(query: string): (customer: Customer) => boolean {
  const { clauses, any } = parse(query);
  const meets = (customer: Customer) => (clause: Clause) => holds(clause, customer) !== clause.negated;
  return (customer) => (any ? clauses.some(meets(customer)) : clauses.every(meets(customer)));
}
