import type { AuditEntry } from '../../contract/audit.ts';
import { say, sayAround } from '../../locales/say.ts';
import { dashboardHash } from '../../ui/dashboard-url.ts';
import { dateTime } from '../date-time.ts';
import { type Change, changesOf } from './audit-changes.ts';
import { actorOf, modeOf, sentenceOf } from './audit-words.ts';

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
          {sayAround(sentenceOf(entry), {
            who: <strong key="who">{actorOf(entry)}</strong>,
            what: (
              <a key="what" href={dashboardHash('audit', entry.subject)}>
                <code>{entry.subject}</code>
              </a>
            ),
          })}
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
      <p class="entry-seq muted small" title={say('audit_hash', { hash: entry.hash })}>
        {say('audit_number', { number: entry.seq })}
      </p>
    </li>
  );
}

/** The arrow is for the eye; a screen reader hears words. */
function Values({ change: { before, after } }: { change: Change }) {
  if (before === null) return <>{after}</>;
  const now = after ?? say('audit_nothing');
  return (
    <>
      <span class="sr-only">{say('audit_was_is', { before, after: now })}</span>
      <span aria-hidden="true">
        <bdi class="was">{before}</bdi>
        <span class="arrow">{' → '}</span>
        <bdi>{now}</bdi>
      </span>
    </>
  );
}
