/** The dashboard's views and their addresses, for whoever links to one from outside. In the order of the menu. */
export const DASHBOARD_VIEWS = [
  'overview',
  'rewards',
  'unlinked',
  'take-back',
  'reconcile',
  'audit',
  'settings',
  'team',
  'health',
] as const;
export type DashboardView = (typeof DASHBOARD_VIEWS)[number];

/**
 * What stands behind the `#`. `id` is a reward in Rewards and Take back, a subject in Audit; it may hold any character.
 * `query` is what a view shows, such as a filter.
 */
export function dashboardHash(view: DashboardView, id?: string, query: Record<string, string> = {}): string {
  const path = id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
  const asked = new URLSearchParams(query).toString();
  return asked === '' ? path : `${path}?${asked}`;
}

/** From the root of the extension, so that any of its pages may follow it. */
export function dashboardUrl(view: DashboardView, id?: string, query?: Record<string, string>): string {
  return `/dashboard/index.html${dashboardHash(view, id, query)}`;
}
