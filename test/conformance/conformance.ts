/** The whole check: drive everything, compare everything, answer the report. */
import { createChecker } from './check-harvest.ts';
import { driveAdvocate } from './drive-advocate.ts';
import { driveProxy } from './drive-proxy.ts';
import { driveProxyFaults } from './drive-proxy-faults.ts';
import { driveStripeSdk } from './drive-stripe-sdk.ts';
import type { Harvest } from './gathered.ts';
import { readSpecifications } from './specifications.ts';
import type { Report } from './tally.ts';

/** One after the other: each starts simulators of its own, and there is little to gain from doing it at once. */
export async function driveEverything(): Promise<Harvest[]> {
  const harvests: Harvest[] = [];
  for (const drive of [driveProxy, driveProxyFaults, driveStripeSdk, driveAdvocate])
    harvests.push(await drive());
  return harvests;
}

export async function checkEverything(
  harvests: Harvest[],
  specifications = readSpecifications(),
): Promise<Report> {
  const checker = createChecker(specifications);
  checker.checkDocuments();
  for (const harvest of harvests) await checker.check(harvest);
  return checker.report();
}
