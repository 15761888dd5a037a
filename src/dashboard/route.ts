import { DASHBOARD_VIEWS, type DashboardView } from '../ui/dashboard-url.ts';

/** `id`: the reward in Take back, the subject in Audit. */
export type Route = { view: DashboardView; id: string | null };

const HOME: Route = { view: 'take-back', id: null };

/** What an address asks for; one that says nothing we know opens the first view. */
export function readRoute(hash: string): Route {
  const [, name = '', id = ''] = /^#\/([a-z-]+)(?:\/([^/]+))?$/.exec(hash) ?? [];
  const view = DASHBOARD_VIEWS.find((one) => one === name);
  if (!view) return HOME;
  try {
    return { view, id: id === '' ? null : decodeURIComponent(id) };
  } catch {
    return { view, id: null };
  }
}
