/** Every exchange of a harvest against the specification it belongs to. */
import { schema as simulatorSchema } from '../../sandbox/advocate/graphql-schema.ts';
import type { Exchange } from '../../sandbox/exchange.ts';
import { DOCUMENTS } from '../../src/proxy/advocate-documents.ts';
import { advocateRestChecker } from './advocate-rest-schema.ts';
import { closedSchema, type DeviationCounts } from './closed-schema.ts';
import { DEVIATIONS } from './deviations.ts';
import type { Gathered, Harvest } from './gathered.ts';
import { graphQLChecker, officialSchema } from './graphql-document.ts';
import { subsetProblems } from './graphql-subset.ts';
import { isUnread, ruleProblems } from './rules-for-our-requests.ts';
import { readAdvocateRest, type Specifications } from './specifications.ts';
import { stripeChecker } from './stripe-schema.ts';
import { createTally, type Outcome, type Report } from './tally.ts';
import { webhookChecker } from './webhook-schema.ts';
import { unspecifiedChecker } from './without-specification.ts';

type Checker = { request: (exchange: Exchange) => Outcome; answer: (exchange: Exchange) => Outcome };
const NOT_AT_HAND: Checker = { request: () => 'skipped', answer: () => 'skipped' };

export function createChecker(specifications: Specifications) {
  const tally = createTally();
  const deviations: DeviationCounts = new Map();
  const rest = closedSchema('advocate-rest', readAdvocateRest(), deviations);
  const restChecker = advocateRestChecker(rest);
  const official =
    specifications.advocateGraphQL === null ? null : officialSchema(specifications.advocateGraphQL);
  const graphQL = official && graphQLChecker(official, rest);
  const stripe: Checker =
    specifications.stripe === null
      ? NOT_AT_HAND
      : stripeChecker(closedSchema('stripe', specifications.stripe, deviations));
  const unspecified = unspecifiedChecker(specifications.stripeExamples);

  function checkerOf({ service, path }: Exchange): Checker {
    if (service === 'advocate') return isGraphQL(path) ? (graphQL ?? NOT_AT_HAND) : restChecker;
    return {
      request: (exchange) => unspecified.request(exchange) ?? stripe.request(exchange),
      answer: (exchange) => unspecified.answer(exchange) ?? stripe.answer(exchange),
    };
  }

  function checkExchange({ exchange, ours }: Gathered): void {
    if (isDecision(exchange)) return;
    const checker = checkerOf(exchange);
    tally.status(exchange);
    if (ours) {
      tally.ours(exchange);
      tally.violated(exchange, ruleProblems(exchange, ours));
    }
    // A hand may send what is wrong on purpose; what it got accepted must have been right all the same.
    if (isUnread(exchange)) tally.report.unread += 1;
    else if (ours || isAccepted(exchange)) tally.outcome(exchange, 'requests', checker.request(exchange));
    if (exchange.status === null || isPage(exchange)) tally.report.unanswered += 1;
    else tally.outcome(exchange, 'responses', checker.answer(exchange));
  }

  return {
    async check({ gathered, hooks, undecoded, decoded }: Harvest): Promise<void> {
      for (const one of gathered) checkExchange(one);
      const checkHook = webhookChecker(hooks.jwks);
      for (const hook of hooks.received) {
        const { operation, problems } = await checkHook(hook);
        tally.operation(operation, 'responses');
        tally.violated({ service: 'webhook', method: 'POST', path: operation }, problems);
      }
      tally.violated({ service: 'stripe', method: 'SDK', path: 'npm stripe' }, undecoded);
      tally.report.decodedBySdk += decoded;
    },

    /** What is compared without any request: our documents, and the schema that the simulator serves. */
    checkDocuments(): void {
      const documents = Object.entries(DOCUMENTS);
      if (official === null || graphQL === null) {
        tally.skip('advocate', documents.length + 1);
        return;
      }
      for (const [path, document] of documents)
        tally.violated({ service: 'advocate', method: 'document', path }, graphQL.documentProblems(document));
      const at = {
        service: 'advocate',
        method: 'schema',
        path: 'sandbox/advocate/graphql-schema.ts',
      } as const;
      tally.violated(at, subsetProblems(simulatorSchema, official));
    },

    report(): Report {
      const counted = DEVIATIONS.map(({ id, why, source }) => ({
        id,
        times: deviations.get(id) ?? 0,
        why,
        source,
      }));
      return { ...tally.report, deviations: counted.filter(({ times }) => times > 0) };
    },
  };
}

const isGraphQL = (path: string) => path.endsWith('/graphql');

/** What a person answers on the authorize page: a form of Stripe's own, which no API knows. */
const isDecision = ({ method, path }: Exchange) => path === '/oauth/authorize' && method === 'POST';

/** The authorize page, or what a gateway shows in place of an answer. */
const isPage = ({ status, responseHeaders, path }: Exchange) =>
  path === '/oauth/authorize' ||
  (status === 502 && responseHeaders['content-type']?.startsWith('text/html') === true);

const isAccepted = ({ status, path, responseBody }: Exchange) =>
  status !== null && status < 400 && !(isGraphQL(path) && responseBody.includes('"errors":'));
