import type { Health } from '../../contract/health.ts';
import { say } from '../../locales/say.ts';
import { findApi } from '../../ui/extension-api.ts';
import { relativeTime, useNow } from '../../ui/time.ts';
import { dateTime, timeOfDay } from '../date-time.ts';

type Fact = { name: string; value: string; title?: string | undefined };

/** What the checks rest on, for whoever looks closer. */
export function Facts({ health }: { health: Health }) {
  const now = useNow();
  const { versions, permissions, lease, lastRun, lastCreditAt, lastRedeemAt, reconciled, heard } = health;
  const since = (at: number | null) => ({
    value: at === null ? say('health_never') : relativeTime(Math.min(at, now), now),
    title: at === null ? undefined : dateTime(at),
  });
  const extension = findApi()?.runtime?.getManifest?.().version;
  return (
    <div class="health-facts">
      <Group
        heading={say('health_last')}
        facts={[
          { name: say('health_last_run'), ...lastRunFact(lastRun, now) },
          { name: say('health_lease'), value: leaseWords(lease, now) },
          { name: say('health_last_credit'), ...since(lastCreditAt) },
          { name: say('health_last_redeem'), ...since(lastRedeemAt) },
          { name: say('health_last_reconcile'), ...since(reconciled?.at ?? null) },
          ...(heard === undefined
            ? []
            : [
                { name: say('health_heard_advocate'), ...since(heard.advocate) },
                { name: say('health_heard_stripe'), ...since(heard.stripe) },
              ]),
        ]}
      />
      <Group
        heading={say('health_permissions')}
        facts={[
          { name: say('health_permission_customers'), value: allowedWords(permissions.customers) },
          { name: say('health_permission_subscriptions'), value: allowedWords(permissions.subscriptions) },
          { name: say('health_permission_invoices'), value: allowedWords(permissions.invoices) },
        ]}
      />
      <Group
        heading={say('health_versions')}
        facts={[
          ...(extension === undefined ? [] : [{ name: say('health_version_extension'), value: extension }]),
          { name: say('health_version_proxy'), value: versions.proxy },
          { name: say('health_version_node'), value: versions.node },
          { name: say('health_version_database'), value: say(`health_database_${versions.database}`) },
        ]}
      />
    </div>
  );
}

function Group({ heading, facts }: { heading: string; facts: Fact[] }) {
  return (
    <div class="block">
      <h3>{heading}</h3>
      <dl class="facts">
        {facts.map(({ name, value, title }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={title}>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const allowedWords = (allowed: boolean | null): string => {
  if (allowed === null) return say('health_permission_unknown');
  return allowed ? say('health_permission_yes') : say('health_permission_no');
};

function lastRunFact(lastRun: Health['lastRun'], now: number): Omit<Fact, 'name'> {
  if (lastRun === null) return { value: say('health_never') };
  const { at, browserName: browser } = lastRun;
  const when = relativeTime(Math.min(at, now), now);
  return { value: say('health_last_run_by', { when, browser }), title: dateTime(at) };
}

function leaseWords({ holder, until, mine }: Health['lease'], now: number): string {
  if (holder === null || until === null || until <= now) return say('health_lease_nobody');
  const time = timeOfDay(until);
  return mine
    ? say('health_lease_mine', { time })
    : say('health_lease_other', { browser: holder.name, time });
}
