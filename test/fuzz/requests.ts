/** Requests that must be refused, or change nothing, made from the proxy's own OpenAPI document. */
import fc from 'fast-check';
import { ROUTES } from '../proxy/authorisation.ts';
import { allowedBy, anyJson, changed, forbiddenBy, nastyText, refuserOf, type Schema } from './schemas.ts';

/** Whose token goes along; the words are replaced by tokens when it is sent. */
export type Who = 'admin' | 'support' | 'nobody' | 'forged' | 'misspelt';
export type BadRequest = {
  flaw: string;
  route: string;
  method: string;
  path: string;
  who: Who;
  headers: Record<string, string>;
  body: string | null;
  /** A 4xx, or anything that is no failure: either way nothing may change. */
  must: 'refuse' | 'harmless';
};
type Parameter = { in: string; name: string; schema: Schema; required?: boolean };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
};
/** What there is, so that what only reads can be asked about it too. */
export type Known = {
  participants: { accountId: string; userId: string }[];
  rewards: string[];
  customers: string[];
  /** Where pages go on, as the proxy told. */
  places: string[];
};
export type Document = { paths: Record<string, Record<string, Operation>> };
type Route = { route: string; method: string; path: string; open: boolean; admin: boolean } & Operation;

/** Routes that do something for whoever asks rightly: they are asked wrongly only. */
const DOES = new Set([
  'DELETE /v1/session',
  'POST /v1/session/token',
  'POST /v1/connect/:mode',
  'DELETE /v1/connect/:mode',
  'PUT /v1/:mode/lease',
  'POST /v1/team/invitations',
]);
/** Not in the document, since no token and no schema belongs to them. */
const BESIDE = ['/v1/connect/callback', '/v1/hints', '/healthz', '/readyz', '/metrics', '/openapi.json'];
/** Another route may stand at the same address with a method that writes: that one would be asked rightly. */
const WRITING = ['POST', 'PUT', 'DELETE'];
const READING = ['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'LINK', 'QUERY'];
const NOT_JSON = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json5',
  'json',
  '',
];

export function routesIn(document: Document): Route[] {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([small, operation]) => {
      const method = small.toUpperCase();
      const route = `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`;
      const role = ROUTES[route];
      return { route, method, path, open: role === undefined, admin: role === 'admin', ...operation };
    }),
  );
  const beside = BESIDE.map((path) => ({
    route: `GET ${path}`,
    method: 'GET',
    path,
    open: true,
    admin: false,
  }));
  return [...told, ...beside];
}

/** Half a pair of surrogates becomes bytes that are no UTF-8. */
const inAddress = (text: string): string =>
  [...text]
    .map((one) =>
      /^[\ud800-\udfff]$/.test(one) ? '%ED%A0%80' : encodeURIComponent(one).replace(/^\.$/, '%2e'),
    )
    .join('');

const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? ' ' : String.fromCharCode(code))),
  maxLength: 60,
});
const oddHeaders = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'x-request-id',
        'traceparent',
        'tracestate',
        'accept',
        'origin',
        'cookie',
        'x-forwarded-for',
        'x-forwarded-host',
        'x-http-method-override',
        'if-none-match',
        'range',
        'sec-websocket-protocol',
        'stripe-signature',
        'x-hook-jws-rfc-7797',
        'access-control-request-method',
        'access-control-request-headers',
        'content-encoding',
      ),
      fc.oneof(
        headerText,
        fc.constantFrom('null', 't=1,v1=00', 'e30..AA', 'eyJhbGciOiJub25lIn0..AA', 'bytes=0-', 'gzip'),
      ),
      { maxKeys: 3 },
    ),
  },
);

const queryOf = (entries: [string, unknown][]): string =>
  entries.length === 0
    ? ''
    : `?${entries.map(([name, value]) => `${inAddress(name)}=${inAddress(String(value))}`).join('&')}`;

function fill(path: string, values: Record<string, unknown>): string {
  return path.replace(/\{(\w+)\}/g, (_, name) => inAddress(String(values[name] ?? '')));
}

/** As somebody would ask who means well, of what is not there: other versions, other rewards, other people. */
function askedRightly(route: Route) {
  const { parameters = [], requestBody } = route;
  const valuesOf = (place: string) => {
    const there = parameters.filter((one) => one.in === place);
    return fc.record(Object.fromEntries(there.map(({ name, schema }) => [name, allowedBy(schema)])), {
      requiredKeys: there.filter(({ required }) => required === true).map(({ name }) => name),
    });
  };
  const schema = requestBody?.content['application/json'].schema;
  return fc.record({
    params: valuesOf('path'),
    query: valuesOf('query'),
    headers: oddHeaders,
    body: schema === undefined ? fc.constant(undefined) : allowedBy(schema).map(ofNoVersion),
  });
}
/** No settings are as new as that. */
const ofNoVersion = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'version' in body
    ? { ...body, version: 1_000_000 + Math.abs(Number(body.version) % 1000) }
    : body;

export function badRequests(document: Document, known: Known): fc.Arbitrary<BadRequest> {
  return fc.oneof(...routesIn(document).map((route) => badRequestsOf(route, known)));
}

/** Something else stands in it somewhere, and still it can be read. */
const spoiledPlace = ({ places }: Known): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...places), fc.nat(64), fc.nat(8), anyJson).map(([place, where, how, other]) => {
    const read: unknown = JSON.parse(Buffer.from(place, 'base64url').toString());
    return Buffer.from(JSON.stringify(changed(read, where, how, other, 'x'))).toString('base64url');
  });

const ofWhatIsThere = ({ participants, rewards, customers }: Known) =>
  fc
    .tuple(fc.constantFrom(...participants), fc.constantFrom(...rewards), fc.constantFrom(...customers))
    .map(([person, reward, id]): Record<string, string> => ({ ...person, reward, id }));

function badRequestsOf(route: Route, known: Known): fc.Arbitrary<BadRequest> {
  const { parameters = [], requestBody, open, admin } = route;
  const right = askedRightly(route);
  const schema = requestBody?.content['application/json'].schema;
  const friend: Who = open ? 'nobody' : 'admin';
  const made = (
    flaw: string,
    must: BadRequest['must'],
    who: Who,
    { params, query, headers, body }: { params: object; query: object; headers: object; body?: unknown },
    over: Partial<BadRequest> & { more?: [string, unknown][] } = {},
  ): BadRequest => {
    const { more = [], ...rest } = over;
    return {
      flaw,
      route: route.route,
      method: route.method,
      path: `${fill(route.path, { ...params })}${queryOf([...Object.entries(query), ...more])}`,
      who,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      must,
      ...rest,
    };
  };
  const kinds: fc.Arbitrary<BadRequest>[] = [];

  if (!open) {
    const strangers = fc.constantFrom<Who>('nobody', 'forged', 'misspelt');
    kinds.push(fc.tuple(strangers, right).map(([who, asked]) => made('a stranger', 'refuse', who, asked)));
  }
  if (admin) kinds.push(right.map((asked) => made('not an admin', 'refuse', 'support', asked)));
  if (!DOES.has(route.route)) {
    // Callbacks, webhooks and pairing ask for a proof, which nobody has here.
    const must = open && !BESIDE.slice(1).includes(route.path) ? 'refuse' : 'harmless';
    kinds.push(right.map((asked) => made('of what is not there', must, friend, asked)));
  }
  if (route.method === 'GET' && !open) {
    const there = ofWhatIsThere(known);
    kinds.push(
      fc.tuple(right, there).map(([asked, ids]) => {
        const params = { ...asked.params, ...ids };
        return made('an odd question of what is there', 'harmless', friend, { ...asked, params });
      }),
    );
    if (parameters.some(({ name }) => name === 'after'))
      kinds.push(
        fc.tuple(right, spoiledPlace(known)).map(([asked, after]) => {
          const query = { ...asked.query, after };
          return made('a spoiled place', 'harmless', friend, { ...asked, query });
        }),
      );
  }
  const unknown = fc.tuple(nastyText(40), nastyText(40));
  const asksStrictly = !BESIDE.includes(route.path) && route.path !== '/v1/pair';
  kinds.push(
    fc.tuple(right, unknown).map(([asked, [name, value]]) =>
      made('a question nobody knows', asksStrictly ? 'refuse' : 'harmless', friend, asked, {
        more: [[`x${name}`, value]],
      }),
    ),
  );
  for (const { in: place, name, schema: one, required } of parameters) {
    const isForbidden = refuserOf(one);
    const wrong = nastyText(5000).filter(
      // Nothing at all is another address.
      (text) => isForbidden(text) && !(place === 'path' && /^$|^\.\.?$/.test(text)),
    );
    kinds.push(
      fc.tuple(right, wrong).map(([asked, text]) => {
        const spoiled = { ...asked[place === 'path' ? 'params' : 'query'], [name]: text };
        return made(`a wrong ${name}`, 'refuse', friend, {
          ...asked,
          ...(place === 'path' ? { params: spoiled } : { query: spoiled }),
        });
      }),
    );
    if (place === 'query' && required === true)
      kinds.push(
        right.map((asked) => {
          const { [name]: _, ...rest } = { ...asked.query } as Record<string, unknown>;
          return made(`no ${name}`, 'refuse', friend, { ...asked, query: rest });
        }),
      );
  }
  if (schema !== undefined) {
    const wrong = forbiddenBy(schema);
    kinds.push(
      ...[1, 2, 3].map(() =>
        fc
          .tuple(right, wrong)
          .map(([asked, body]) => made('a wrong body', 'refuse', friend, { ...asked, body })),
      ),
      fc
        .tuple(right, brokenText)
        .map(([asked, spoil]) =>
          made('no JSON', 'refuse', friend, asked, { body: spoil(JSON.stringify(asked.body)) }),
        ),
      fc.tuple(right, fc.constantFrom(...NOT_JSON)).map(([asked, type]) =>
        made('JSON by another name', 'refuse', friend, {
          ...asked,
          headers: { ...asked.headers, 'content-type': type },
        }),
      ),
    );
  }
  const another = (who: Who, methods: string[]) =>
    fc
      .tuple(right, fc.constantFrom(...methods))
      .map(([asked, method]) => made('another method', 'harmless', who, asked, { method }));
  kinds.push(another('nobody', [...READING, ...WRITING]), another(friend, READING));
  return fc.oneof(...kinds);
}

const brokenText: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.nat(60).map((n) => (text: string) => text.slice(0, Math.max(0, text.length - 1 - n))),
  fc.constant((text: string) => `${text}${text}`),
  fc.constant((text: string) => `\u0000${text}`),
  fc.constant((text: string) => text.replaceAll('"', "'").padEnd(2, '!')),
  fc.constant(() => '['.repeat(60_000)),
  fc.constant((text: string) => `${text.slice(0, -1)},"x":"${'x'.repeat(66_000)}"}`),
  fc.constant(() => ''),
  nastyText(200).map((text) => () => `{${text}`),
);
