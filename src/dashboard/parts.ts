/** The views. Each comes in a file of its own when it is first shown; the frame is painted before. */
import type { DashboardView } from '../ui/dashboard-url.ts';
import { later } from './later.tsx';

export const Overview = later(async () => (await import('./overview/Overview.tsx')).Overview);
export const Rewards = later(async () => (await import('./rewards/reward-views.ts')).Rewards);
export const RewardDetail = later(async () => (await import('./rewards/reward-views.ts')).RewardDetail);
export const Unlinked = later(async () => (await import('./unlinked/Unlinked.tsx')).UnlinkedView);
export const TakeBack = later(async () => (await import('./other-views.ts')).TakeBack);
export const Reversal = later(async () => (await import('./other-views.ts')).Reversal);
export const Reconcile = later(async () => (await import('./other-views.ts')).Reconcile);
export const Audit = later(async () => (await import('./other-views.ts')).Audit);
export const Settings = later(async () => (await import('./other-views.ts')).SettingsView);
export const Team = later(async () => (await import('./other-views.ts')).TeamView);
export const Health = later(async () => (await import('./other-views.ts')).HealthView);

type Part = { load: () => Promise<void> };
const PARTS: Partial<Record<DashboardView, Part[]>> = {
  overview: [Overview],
  rewards: [Rewards, RewardDetail],
  unlinked: [Unlinked],
  'take-back': [TakeBack, Reversal],
  reconcile: [Reconcile],
  audit: [Audit],
  settings: [Settings],
  team: [Team],
  health: [Health],
};

/** Ahead of the worker's answer, which takes about as long. */
export async function loadParts(view: DashboardView): Promise<void> {
  await Promise.all((PARTS[view] ?? []).map((part) => part.load()));
}
