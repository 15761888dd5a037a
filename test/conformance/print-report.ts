import type { Report } from './tally.ts';

/** The report as a person at a terminal reads it. */
export function printReport(report: Report): void {
  const rows = Object.entries(report.operations).sort(([a], [b]) => a.localeCompare(b));
  const width = Math.max(...rows.map(([name]) => name.length), 10);
  const line = (name: string, requests: unknown, responses: unknown) =>
    console.log(`${name.padEnd(width)}  ${String(requests).padStart(8)}  ${String(responses).padStart(9)}`);
  line('operation', 'requests', 'responses');
  for (const [name, { requests, responses }] of rows) line(name, requests, responses);
  line('together', report.requests, report.responses);

  console.log(
    `\n${report.ours} of the requests were the proxy’s own, ${report.oursDistinct} of them different.`,
  );
  console.log(`${report.decodedBySdk} answers and errors were decoded by Stripe’s SDK.`);
  if (report.unanswered > 0)
    console.log(
      `${report.unanswered} requests were cut off or answered by a page, as told to; nothing to check.`,
    );
  if (report.unread > 0)
    console.log(
      `${report.unread} requests were refused unread, as told to; only their headers were checked.`,
    );
  console.log('\nAllowed deviations from the specifications:');
  for (const { id, times, why } of report.deviations)
    console.log(`  ${String(times).padStart(4)} × ${id}: ${why}`);

  if (report.violations.length > 0) {
    console.log('\nViolations:');
    for (const { service, method, path, where, message } of report.violations)
      console.log(`  ${service} ${method} ${path}: ${where} ${message}`);
  }
  for (const reason of report.skippedBecause) console.log(`\n!! ${reason}`);
  if (report.skipped > 0)
    console.log(
      `!! ${report.skipped} checks were NOT made. Set SPECS_DIR to the folder with the official schemas.`,
    );
  console.log(
    `\n${report.requests} requests, ${report.responses} responses, ${report.violations.length} violations, ${report.skipped} skipped`,
  );
}
