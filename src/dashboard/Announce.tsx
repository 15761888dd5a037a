import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const EVERY_MS = 4_000;

/** Progress for a screen reader: what stands now, every few seconds, not every step. */
export function Announce({ text }: { text: string }) {
  const said = useSignal(text);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => {
      said.value = latest.current;
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [said]);
  return (
    <p class="sr-only" role="status">
      {said.value}
    </p>
  );
}
