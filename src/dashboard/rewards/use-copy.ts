import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../locales/say.ts';

const SAID_MS = 2_000;

/** Copies a text, and says for a moment whether it was: `said` belongs into a status. */
export function useCopy() {
  const said = useSignal<'copied' | 'failed' | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string) => {
    said.value = await navigator.clipboard.writeText(text).then(
      () => 'copied' as const,
      () => 'failed' as const,
    );
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      said.value = null;
    }, SAID_MS);
  };
  return { copy, said: said.value === null ? null : say(`rewards_copy_${said.value}`) };
}
