/** Chrome 102, Firefox 147, Safari 26.2; the type says always. */
const navigationApi = (): EventTarget | null => ('navigation' in globalThis ? globalThis.navigation : null);

/** Calls back whenever the page moved to another address without being loaded anew. */
export function watchAddress(signal: AbortSignal, moved: () => void): void {
  let last = location.href;
  const check = () => {
    if (location.href === last) return;
    last = location.href;
    moved();
  };
  const navigation = navigationApi();
  if (navigation) {
    navigation.addEventListener('navigatesuccess', check, { signal });
    // `navigate` comes before the address has changed.
    navigation.addEventListener('navigate', () => setTimeout(check), { signal });
    return;
  }
  const timer = setInterval(check, 1_000);
  signal.addEventListener('abort', () => clearInterval(timer));
}
