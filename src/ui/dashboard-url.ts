/** The dashboard's views and their addresses, for whoever links to one from outside. */
export const DASHBOARD_VIEWS = ['take-back', 'limits', 'reconcile', 'audit'] as const;
export type DashboardView = (typeof DASHBOARD_VIEWS)[number];

/** What stands behind the `#`. `id` is a reward in Take back, a subject in Audit; it may hold any character. */
export function dashboardHash(view: DashboardView, id?: string): string {
  return id === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
}

/** From the root of the extension, so that any of its pages may follow it. */
export function dashboardUrl(view: DashboardView, id?: string): string {
  return `/dashboard/index.html${dashboardHash(view, id)}`;
}
