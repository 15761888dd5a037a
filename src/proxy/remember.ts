/** What costs a question is asked once for all who want to know. */

/** The same answer for everybody who asks within so many milliseconds, and while it is asked. */
export function rememberFor<T>(ms: number, now: () => number, read: () => Promise<T>): () => Promise<T> {
  let kept: { at: number; value: Promise<T> } | null = null;
  return () => {
    if (kept !== null && Math.abs(now() - kept.at) < ms) return kept.value;
    const value = read();
    const asked = { at: now(), value };
    kept = asked;
    // A failure of our own is not kept.
    value.catch(() => {
      if (kept === asked) kept = null;
    });
    return value;
  };
}
