import type { Exchange } from '../../sandbox/exchange.ts';
import type { Problem, Verdict, Violation } from './finding.ts';

export type Counts = { requests: number; responses: number };
export type Report = Counts & {
  violations: Violation[];
  /** Checks that could not be made, because their specification is not at hand. Never counted as passed. */
  skipped: number;
  skippedBecause: string[];
  /** Of the requests, those that the proxy sent. */
  ours: number;
  /** And of those, how many differ from each other in address or body. */
  oursDistinct: number;
  /** Answers that never came (a fault cut them), or came from an intermediary, so that there was nothing to check. */
  unanswered: number;
  /** Requests whose body a fault kept from being read; only their headers were checked. */
  unread: number;
  /** Answers and errors that Stripe's own SDK decoded. */
  decodedBySdk: number;
  operations: Record<string, Counts>;
  /** How often each service answered with which status. */
  statuses: Record<string, number>;
  deviations: { id: string; times: number; why: string; source: string }[];
};

/** `skipped`: its specification is not at hand. Null: no specification describes it. */
export type Outcome = Verdict | 'skipped' | null;

/** Keeps count while exchanges are checked. */
export function createTally() {
  const report: Report = {
    requests: 0,
    responses: 0,
    violations: [],
    skipped: 0,
    skippedBecause: [],
    ours: 0,
    oursDistinct: 0,
    unanswered: 0,
    unread: 0,
    decodedBySdk: 0,
    operations: {},
    statuses: {},
    deviations: [],
  };

  function skip(service: Exchange['service'], times = 1): void {
    report.skipped += times;
    const reason = `${service}: skipped: specification not at hand`;
    if (!report.skippedBecause.includes(reason)) report.skippedBecause.push(reason);
  }

  function violated(at: Pick<Violation, 'service' | 'method' | 'path'>, problems: Problem[]): void {
    const { service, method, path } = at;
    report.violations.push(...problems.map((found) => ({ service, method, path, ...found })));
  }

  function operation(name: string, what: keyof Counts): void {
    report[what] += 1;
    const counts = report.operations[name] ?? { requests: 0, responses: 0 };
    counts[what] += 1;
    report.operations[name] = counts;
  }

  const seen = new Set<string>();
  return {
    report,
    skip,
    violated,
    operation,

    outcome(exchange: Exchange, what: keyof Counts, outcome: Outcome): void {
      if (outcome === 'skipped') {
        skip(exchange.service);
        return;
      }
      operation(`${exchange.service} ${outcome?.operation ?? 'undescribed'}`, what);
      const nowhere = [{ where: what, message: 'is described by no specification' }];
      violated(exchange, outcome?.problems ?? nowhere);
    },

    ours({ service, method, path, query, requestBody }: Exchange): void {
      report.ours += 1;
      seen.add([service, method, path, query, requestBody].join('\n'));
      report.oursDistinct = seen.size;
    },

    status({ service, status }: Exchange): void {
      const name = `${service} ${status ?? 'cut'}`;
      report.statuses[name] = (report.statuses[name] ?? 0) + 1;
    },
  };
}
