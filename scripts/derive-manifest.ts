/** What of manifest.json differs by browser, one function each: manifest.json holds both, and each drops the other's. */
export type Manifest = Record<string, unknown> & {
  background: { service_worker?: string; scripts?: string[]; type: 'module' };
};

/** Chrome warns about keys that only Firefox knows. */
export function forChrome(manifest: Manifest): Manifest {
  const { browser_specific_settings: _, ...rest } = manifest;
  const { scripts: __, ...background } = manifest.background;
  return { ...rest, background };
}

/** Firefox runs MV3 backgrounds as event pages and has no service workers for extensions. */
export function forFirefox(manifest: Manifest): Manifest {
  const { minimum_chrome_version: _, ...rest } = manifest;
  const { service_worker: __, ...background } = manifest.background;
  return { ...rest, background };
}

const FILE = /^[\w./-]+\.(js|css|html|png|json)$/;

/** Every file that a manifest names, wherever it names it. */
export function filesNamedIn(value: unknown): string[] {
  if (typeof value === 'string') return FILE.test(value) ? [value] : [];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(filesNamedIn);
}
