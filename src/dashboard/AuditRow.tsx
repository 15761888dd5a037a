import type { AuditEntry } from '../contract/audit.ts';
import { dashboardHash } from '../ui/dashboard-url.ts';
import { type Change, changesOf } from './audit-changes.ts';
import { actionOf, actorOf, modeOf } from './audit-words.ts';
import { dateTime } from './date-time.ts';

export function AuditRow({ entry }: { entry: AuditEntry }) {
  const changes = changesOf(entry.before, entry.after);
  return (
    <li class="item entry">
      <p class="entry-when muted small">
        <time dateTime={new Date(entry.at).toISOString()}>{dateTime(entry.at)}</time>
        <span>{modeOf(entry)}</span>
      </p>
      <div class="entry-what">
        <p>
          <strong>{actorOf(entry)}</strong> {actionOf(entry)}:{' '}
          <a href={dashboardHash('audit', entry.subject)}>
            <code>{entry.subject}</code>
          </a>
        </p>
        {changes.length > 0 && (
          <dl class="facts changes">
            {changes.map((change) => (
              <div key={change.what}>
                <dt>{change.what}</dt>
                <dd>
                  <Values change={change} />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
      <p class="entry-seq muted small" title={`Hash ${entry.hash}`}>
        No. {entry.seq}
      </p>
    </li>
  );
}

/** The arrow is for the eye; a screen reader hears words. */
function Values({ change: { before, after } }: { change: Change }) {
  if (before === null) return <>{after}</>;
  return (
    <>
      <span class="sr-only">was </span>
      <bdi class="was">{before}</bdi>
      <span class="arrow" aria-hidden="true">
        {' → '}
      </span>
      <span class="sr-only">, is </span>
      <bdi>{after ?? 'nothing'}</bdi>
    </>
  );
}
