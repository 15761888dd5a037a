import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkEverything, driveEverything } from '../test/conformance/conformance.ts';
import { printReport } from '../test/conformance/print-report.ts';
import { command, withProgress } from './say.ts';

const REPORTS = fileURLToPath(new URL('../reports/', import.meta.url));

await command(async () => {
  const harvests = await withProgress(
    'Driving the proxy and both simulators through everything',
    driveEverything,
  );
  const report = await checkEverything(harvests);
  mkdirSync(REPORTS, { recursive: true });
  const { violations: found, ...counts } = report;
  const written = { ...counts, violations: found.length, found };
  writeFileSync(`${REPORTS}conformance.json`, `${JSON.stringify(written, null, 2)}\n`);
  printReport(report);
  return report.violations.length === 0 ? 0 : 1;
});
