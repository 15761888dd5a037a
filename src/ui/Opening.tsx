import { say } from '../locales/say.ts';

/** Stands where something is about to be. */
export function Opening() {
  return (
    <div class="opening" role="status">
      <span class="sr-only">{say('ui_loading')}</span>
      <span class="bone" />
      <span class="bone" />
      <span class="bone" />
    </div>
  );
}
