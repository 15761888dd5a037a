import type { PopupState } from '../contract/messages.ts';
import { placeOf } from './surroundings.ts';

/** The heading of a view, with where its deeds land beneath it. */
export function Title({ children, state }: { children: string; state: PopupState }) {
  return (
    <div class="title">
      <h2>{children}</h2>
      <p class="muted">{placeOf(state)}</p>
    </div>
  );
}

/** For support: who can do it, instead of a button that would be refused. */
export function ReadOnly({ deed }: { deed: string }) {
  return <p class="notice">Your role is support: you can read everything here. Only an admin can {deed}.</p>;
}
