/** Strikes out what must not leave the proxy, wherever a text may have picked it up. */

/** Anything shaped like a key, a code or a credential, masked ones too. */
const SHAPES =
  /\b(?:sk|rk|pk|rkcs|whsec)_[A-Za-z0-9_*]{6,}|\bac_[A-Za-z0-9]{8,}|\b(?:Bearer|Basic) [A-Za-z0-9+/=._-]+/g;

let known: readonly string[] = [];

/** The secrets of this process, which have no shape of their own at Advocate. */
export function keepSecret(secrets: readonly string[]): void {
  known = [...new Set([...known, ...secrets])];
}

export function strikeSecrets(text: string): string {
  return known
    .reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
    .replace(SHAPES, '[secret]');
}
