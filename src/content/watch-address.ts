/** Chrome 102, Firefox 147, Safari 26.2; the type says always. */
const navigationApi = (): EventTarget | null => ('navigation' in globalThis ? globalThis.navigation : null);

/**
 * Calls back whenever the page moved to another address without being loaded anew.
 * @returns what ends it.
 */
export function watchAddress(moved: () => void): () => void {
  let last = location.href;
  const check = () => {
    if (location.href === last) return;
    last = location.href;
    moved();
  };
  const navigation = navigationApi();
  if (navigation) {
    // The page draws what is at the new address right after it has moved there.
    const soon = () => setTimeout(check);
    navigation.addEventListener('currententrychange', soon);
    return () => navigation.removeEventListener('currententrychange', soon);
  }
  const timer = setInterval(check, 1_000);
  return () => clearInterval(timer);
}
