import type { PopupState } from '../contract/messages.ts';
import { TurnOnButton } from '../ui/settings/TurnOnButton.tsx';
import { useStore } from './store.ts';

export function TurnOn({ state, onDone }: { state: PopupState; onDone?: () => void }) {
  const { change } = useStore();
  return <TurnOnButton state={state} change={change} onDone={onDone} />;
}
