/** One message to a team's webhook, in the form that Slack and most others take. */
import type { DetailCode } from '../contract/reasons.ts';

/** `why`: a code, of ours, of HTTP or of the network. `unknown`: it may have arrived. */
export type Sent = { told: true } | { told: false; why: string; unknown: boolean };
const TIMEOUT_MS = 10_000;
/** Only who is connected can have it and not say so; whatever else goes wrong does before anything is sent. */
const MAY_HAVE_ARRIVED: ReadonlySet<string> = new Set([
  'TimeoutError',
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
]);

export async function sendAlert(url: string, text: string): Promise<Sent> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
      // Whoever answers there does not get to send the proxy anywhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { told: true };
    const away = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
    return {
      told: false,
      why: away ? ('leads_away' satisfies DetailCode) : `HTTP ${response.status}`,
      unknown: false,
    };
  } catch (error) {
    const code = codeOf(error);
    return { told: false, why: code, unknown: MAY_HAVE_ARRIVED.has(code) || code.startsWith('HPE_') };
  }
}

/** The error's own text may hold the address, which is a secret. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
