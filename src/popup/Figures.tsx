import type { PopupState } from '../contract/messages.ts';
import { locale, say } from '../locales/say.ts';
import { lasting, useNow } from '../ui/time.ts';

/** What has not gone through yet, in three figures; their reasons stand below. */
export function Figures({ queue }: { queue: PopupState['queue'] }) {
  const now = useNow();
  const count = (one: number) => new Intl.NumberFormat(locale()).format(one);
  const { counts, oldestWaiting } = queue;
  return (
    <dl class="figures">
      <div>
        <dt>{say('popup_figure_waiting')}</dt>
        <dd>{count(counts.waiting)}</dd>
      </div>
      <div data-tone={counts.held > 0 ? 'warn' : undefined}>
        <dt>{say('popup_figure_held')}</dt>
        <dd>{count(counts.held)}</dd>
      </div>
      <div>
        <dt>{say('popup_figure_oldest')}</dt>
        <dd>{oldestWaiting ? lasting(oldestWaiting.since, now) : say('popup_figure_none')}</dd>
      </div>
    </dl>
  );
}
