import { DASHBOARD_VIEWS, type DashboardView } from '../ui/dashboard-url.ts';

/** `id`: the reward in Rewards and Take back, the subject in Audit. `query`: what of it is shown. */
export type Route = { view: DashboardView; id: string | null; query: Readonly<Record<string, string>> };

const HOME: Route = { view: 'overview', id: null, query: {} };

/** What an address asks for; one that says nothing we know opens the first view. */
export function readRoute(hash: string): Route {
  const [, name = '', id = '', asked = ''] = /^#\/([a-z-]+)(?:\/([^/?]+))?(?:\?(.*))?$/.exec(hash) ?? [];
  const view = DASHBOARD_VIEWS.find((one) => one === name);
  if (!view) return HOME;
  const query = Object.fromEntries(new URLSearchParams(asked));
  try {
    return { view, id: id === '' ? null : decodeURIComponent(id), query };
  } catch {
    return { view, id: null, query };
  }
}
