import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ParticipantKey } from '../contract/routes.ts';
import { Opening } from '../ui/Opening.tsx';
import type { LinkView } from './LinkView.tsx';

/** The link view, loaded when it is first asked for: whoever opens the popup mostly looks at today. */
export function Linking({ participant }: { participant: ParticipantKey | null }) {
  const loaded = useSignal<{ LinkView: typeof LinkView } | null>(null);
  useEffect(() => {
    void import('./LinkView.tsx').then((module) => {
      loaded.value = module;
    });
  }, []);
  return loaded.value ? <loaded.value.LinkView participant={participant} /> : <Opening />;
}
