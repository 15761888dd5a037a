import { afterEach, beforeEach, vi } from 'vitest';
import { type MountOptions, mountCard } from '../../src/content/mount-card.tsx';
import type { MessageName } from '../../src/contract/messages.ts';
import { worker } from './card-world.ts';

export let gone: AbortController;

/** As if the extension went, and another came. */
export function anew(): void {
  gone.abort();
  gone = new AbortController();
}

/** For a whole test file: a page of Ann's before each test, and no card after it. */
export function setPage(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    gone = new AbortController();
    document.body.innerHTML =
      '<main><section><h2>Participant details</h2><p>E-mail: ann@example.com</p></section></main>';
  });
  afterEach(() => {
    gone.abort();
    vi.useRealTimers();
  });
}

export const host = () => document.querySelector<HTMLElement>('advocate-credits-card');

/** @param holding which answer waits until it is let go */
export async function mount(
  handlers: Parameters<typeof worker>[0],
  part: Partial<MountOptions> = {},
  holding: MessageName | null = null,
) {
  const { ask, asked } = worker(handlers);
  const { promise: letGo, resolve: held } = Promise.withResolvers<void>();
  mountCard({
    ask: async (name, request) => {
      const reply = await ask(name, request);
      if (name === holding) await letGo;
      return reply;
    },
    hints: { email: 'ann@example.com' },
    sure: true,
    address: location.href,
    details: [...document.querySelectorAll('section')],
    signal: gone.signal,
    stillHere: () => true,
    shadow: 'open',
    ...part,
  });
  await vi.advanceTimersByTimeAsync(0);
  return { asked, held };
}

export const root = () => {
  const shadow = host()?.shadowRoot;
  if (!shadow) throw new Error('There is no card.');
  return shadow;
};
export const text = () => (root().querySelector('section')?.textContent ?? '').replace(/\s+/g, ' ');
export const button = (name: string) => {
  const found = [...root().querySelectorAll('button')].find(
    (each) => (each.getAttribute('aria-label') ?? each.textContent) === name,
  );
  if (!found) throw new Error(`There is no button ${name}.`);
  return found;
};
export const click = async (name: string) => {
  button(name).click();
  await vi.advanceTimersByTimeAsync(0);
};
export const box = () => {
  const found = root().querySelector('input');
  if (!found) throw new Error('There is no box.');
  return found;
};
export const type = async (typed: string) => {
  box().value = typed;
  box().dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
  await vi.advanceTimersByTimeAsync(0);
};
