import { useSignal } from '@preact/signals';
import type { ComponentProps } from 'preact';
import { useEffect } from 'preact/hooks';
import { Opening } from '../ui/Opening.tsx';
import type { Setup } from './Setup.tsx';

/** The steps of setting up, loaded when one is first shown: they are needed once, and the popup is opened every day. */
export function SettingUp(props: ComponentProps<typeof Setup>) {
  const loaded = useSignal<{ Setup: typeof Setup } | null>(null);
  useEffect(() => {
    void import('./Setup.tsx').then((module) => {
      loaded.value = module;
    });
  }, []);
  return loaded.value ? <loaded.value.Setup {...props} /> : <Opening />;
}
