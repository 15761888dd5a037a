/**
 * A message claims, the browser's stamp on its sender proves. Measured in Chromium 156 and Firefox 153: a content
 * script's origin is its page's, and our own page opened in a tab has a `tab` as well, so the origin decides.
 * Whatever is not stamped is refused.
 */
export const PARTICIPANT_ORIGINS: readonly string[] = [
  'https://app.impact.com',
  'https://app.referralsaasquatch.com',
];

export type Sender = { id?: string; origin?: string; url?: string; tab?: unknown; frameId?: number };
/** `origin` without a slash at its end. */
export type Self = { id: string; origin: string };
export type Speaker = 'page' | 'content';

/** Which of our parts sent this, or null for anybody else. */
export function speakerOf(sender: Sender, self: Self): Speaker | null {
  if (sender.id === undefined || sender.id !== self.id || sender.origin === undefined) return null;
  if (sender.origin === self.origin) return 'page';
  const onParticipantPage =
    sender.tab !== undefined &&
    sender.frameId === 0 &&
    PARTICIPANT_ORIGINS.includes(sender.origin) &&
    originOf(sender.url) === sender.origin;
  return onParticipantPage ? 'content' : null;
}

function originOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : null;
}
