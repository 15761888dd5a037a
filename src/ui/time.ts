import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { locale, say } from '../locales/say.ts';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 hours ago`, `in 2 minutes`, `just now`. */
export function relativeTime(at: number, now: number): string {
  const distance = at - now;
  const step = STEPS.find(([, size]) => Math.abs(distance) >= size);
  if (!step) return say(distance > 0 ? 'ui_time_soon' : 'ui_time_now');
  const [unit, size] = step;
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(
    Math.trunc(distance / size),
    unit,
  );
}

/** How long something has lasted: `3 hours`. */
export function lasting(since: number, now: number): string {
  const step = STEPS.find(([, size]) => now - since >= size);
  if (!step) return say('ui_time_short');
  const [unit, size] = step;
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.trunc((now - since) / size),
  );
}

/** The time, read anew every few seconds while somebody looks. */
export function useNow(everyMs = 10_000): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return now.value;
}
