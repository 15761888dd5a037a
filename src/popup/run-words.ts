import type { PopupState } from '../contract/messages.ts';
import { say, sayCount } from '../locales/say.ts';
import { relativeTime } from '../ui/time.ts';
import { chosenMode } from './setup-step.ts';
import { isSentByServer, otherSender } from './situation.ts';

/**
 * When it last ran, whose browser did it, and when it runs next: it stands still while no browser is open.
 * @param kept when this picture was taken, where the worker has not answered yet, and whether it still may
 */
export function runSentences(
  state: PopupState,
  kept: { at: number; looking: boolean } | null,
  now: number,
): string[] {
  if (kept !== null) {
    const ago = relativeTime(Math.min(kept.at, now), now);
    return [say(kept.looking ? 'popup_as_of_looking' : 'popup_as_of', { ago })];
  }
  const { counts } = state.queue;
  const paused = chosenMode(state)?.settings.paused ?? false;
  const elsewhere = state.paired?.role !== 'admin' || otherSender(state, now) !== null;
  return [
    ...(state.running
      ? [say('popup_runs_now')]
      : paused
        ? [say('popup_runs_paused')]
        : lastAndNext(state, now)),
    // Whoever sends learns more of a reward from Stripe than the others can see.
    counts.ready > 0 && sayCount(elsewhere ? 'popup_ready_elsewhere' : 'popup_ready', counts.ready),
    counts.crediting > 0 && sayCount('popup_on_the_way', counts.crediting),
    counts.credited > 0 && sayCount('popup_to_redeem', counts.credited),
  ].filter((sentence) => sentence !== false);
}

function lastAndNext(state: PopupState, now: number): string[] {
  const other = otherSender(state, now);
  const { nextRunAt, hintAt } = state;
  return [
    other !== null &&
      say(isSentByServer(state, now) ? 'popup_server_sends' : 'popup_other_sends', { browser: other }),
    lastRun(state, now),
    // A picture that was kept by an earlier build does not say.
    typeof hintAt === 'number' && say('popup_news', { ago: relativeTime(Math.min(hintAt, now), now) }),
    nextRunAt !== null && say('popup_next_run', { time: relativeTime(Math.max(nextRunAt, now + 1), now) }),
  ].filter((sentence) => sentence !== false);
}

function lastRun(state: PopupState, now: number): string {
  const everywhere = chosenMode(state)?.lastRun ?? null;
  const here = state.lastRun;
  const ago = (at: number) => relativeTime(Math.min(at, now), now);
  if (everywhere && everywhere.at > (here?.at ?? 0))
    return say('popup_last_run_by', { ago: ago(everywhere.at), browser: everywhere.browserName });
  if (!here) return say('popup_not_run');
  const { at, found, credited } = here;
  return say('popup_last_run', {
    ago: ago(at),
    found: sayCount('popup_run_found', found),
    credited: sayCount('popup_run_credited', credited),
  });
}
