/** English, for whoever has no browser to ask: the proxy, and the tests. */
import audit from './en/audit.json' with { type: 'json' };
import card from './en/card.json' with { type: 'json' };
import common from './en/common.json' with { type: 'json' };
import dashboard from './en/dashboard.json' with { type: 'json' };
import health from './en/health.json' with { type: 'json' };
import link from './en/link.json' with { type: 'json' };
import notices from './en/notices.json' with { type: 'json' };
import overview from './en/overview.json' with { type: 'json' };
import popup from './en/popup.json' with { type: 'json' };
import problems from './en/problems.json' with { type: 'json' };
import reasons from './en/reasons.json' with { type: 'json' };
import reconcile from './en/reconcile.json' with { type: 'json' };
import reversals from './en/reversals.json' with { type: 'json' };
import rewards from './en/rewards.json' with { type: 'json' };
import settings from './en/settings.json' with { type: 'json' };
import team from './en/team.json' with { type: 'json' };
import ui from './en/ui.json' with { type: 'json' };
import unlinked from './en/unlinked.json' with { type: 'json' };

const ALL: Record<string, string> = {
  ...audit,
  ...card,
  ...common,
  ...dashboard,
  ...health,
  ...link,
  ...notices,
  ...overview,
  ...popup,
  ...problems,
  ...reasons,
  ...reconcile,
  ...reversals,
  ...rewards,
  ...settings,
  ...team,
  ...ui,
  ...unlinked,
};

export const english = (key: string): string => ALL[key] ?? '';
