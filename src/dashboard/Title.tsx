import type { PopupState } from '../contract/messages.ts';
import { say } from '../locales/say.ts';
import { placeOf } from './surroundings.ts';

/** The heading of a view, with where its deeds land beneath it; `both`: whatever mode is chosen. */
export function Title({ children, state }: { children: string; state: PopupState | 'both' }) {
  return (
    <div class="title">
      <h2>{children}</h2>
      <p class="muted">{state === 'both' ? say('dashboard_place_both') : placeOf(state)}</p>
    </div>
  );
}
