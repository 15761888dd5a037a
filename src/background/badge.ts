/** The number on the toolbar button: how many rewards need a person. Its title says the same in words. */
import type { PopupState } from '../contract/messages.ts';
import type { Reason } from '../contract/reasons.ts';
import { say, sayCount } from '../locales/say.ts';
import { titleSaid } from '../locales/told.ts';
import type { Action } from './browser-api.ts';

/** Waiting, and going on only after somebody did something. */
const NEEDS_A_PERSON: ReadonlySet<Reason> = new Set<Reason>([
  'not_linked',
  'field_name_differs',
  'not_connected',
  'permission_missing',
]);

export type Badge = { text: string; title: string };

export function badgeOf({ paired, mode, problem, queue }: PopupState): Badge {
  if (paired === null) {
    // Somebody who was paired must hear that nothing goes through any more; a new user need not.
    return problem === null
      ? { text: '', title: say('notices_badge_not_paired') }
      : { text: '!', title: say('notices_badge_lost', { problem: titleSaid(problem) }) };
  }
  const waiting = queue.waiting.filter(({ reason }) => NEEDS_A_PERSON.has(reason));
  const count = queue.counts.held + waiting.reduce((sum, group) => sum + group.count, 0);
  const need = count === 0 ? say(`notices_badge_${mode}_none`) : sayCount(`notices_badge_${mode}`, count);
  return {
    text: count === 0 ? '' : count > 999 ? '999+' : String(count),
    title: problem === null ? need : say('notices_badge_trouble', { need, problem: titleSaid(problem) }),
  };
}

type Button = Pick<Action.Static, 'setBadgeText' | 'setBadgeBackgroundColor' | 'setTitle'>;

export async function showBadge(button: Button, state: PopupState): Promise<void> {
  const { text, title } = badgeOf(state);
  await button.setBadgeBackgroundColor({ color: state.mode === 'live' ? '#b3261e' : '#5f6368' });
  await button.setBadgeText({ text });
  await button.setTitle({ title });
}
