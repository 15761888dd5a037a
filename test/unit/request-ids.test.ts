/** From what people see in the popup to the proxy's log: one id for a request, one trace for a deed. */
import { expect, test } from 'vitest';
import { proxyClient } from '../../src/background/proxy-client.ts';
import { ProblemError } from '../../src/contract/problems.ts';

function clientWith(answer: () => Response) {
  const sent: Headers[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    sent.push(new Headers(init?.headers));
    return answer();
  };
  return { sent, client: proxyClient({ origin: 'http://localhost', token: 'token-of-a-test', fetch }) };
}
const problemOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof ProblemError)) throw new Error('it was not refused');
  return error.toProblem();
};

test('what the proxy refused shows the id under which the proxy’s log has it', async () => {
  const body = JSON.stringify({ ...new ProblemError('internal').toProblem('the-proxy-s-own-id') });
  const { client } = clientWith(() => new Response(body, { status: 500 }));
  expect(await problemOf(client.session())).toMatchObject({
    code: 'internal',
    requestId: 'the-proxy-s-own-id',
  });
});

test('what got no answer shows the id that was sent: the proxy may have heard it', async () => {
  const { client, sent } = clientWith(() => {
    throw new TypeError('connection reset');
  });
  const { code, requestId } = await problemOf(client.session());
  expect(code).toBe('proxy_unreachable');
  expect(requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(sent[0]?.get('x-request-id')).toBe(requestId);
});

test('requests of one deed share a trace, and each has an id and a span of its own', async () => {
  const { client, sent } = clientWith(() => new Response('{}', { status: 500 }));
  for (let n = 0; n < 2; n++) await client.session().catch(() => null);
  const parents = sent.map((headers) => headers.get('traceparent')?.split('-') ?? []);
  expect(parents).toHaveLength(2);
  for (const [version, trace, span, flags] of parents) {
    expect([version, flags]).toEqual(['00', '01']);
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(span).toMatch(/^[0-9a-f]{16}$/);
  }
  expect(parents[0]?.[1]).toBe(parents[1]?.[1]);
  expect(parents[0]?.[2]).not.toBe(parents[1]?.[2]);
  expect(sent[0]?.get('x-request-id')).not.toBe(sent[1]?.get('x-request-id'));
});
