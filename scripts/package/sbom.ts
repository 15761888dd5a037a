/** CycloneDX: what a package is made of, from package-lock.json alone. Says nothing of when or where it was written. */
import { Contrib, Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import parseLicense from 'spdx-expression-parse';
import * as v from 'valibot';

const Locked = v.object({
  version: v.optional(v.string()),
  integrity: v.optional(v.string()),
  license: v.optional(v.string()),
  dev: v.optional(v.boolean()),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
});
const Lock = v.object({
  name: v.string(),
  version: v.string(),
  packages: v.record(v.string(), Locked),
});
export type Lock = v.InferOutput<typeof Lock>;
export const readLock = (text: string): Lock => v.parse(Lock, JSON.parse(text));

const FOLDER = 'node_modules/';
const nameOf = (path: string) => path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);
const licenses = new Contrib.License.Factories.LicenseFactory(parseLicense);
const spec = Spec.Spec1dot6;

/** The folders in node_modules that a build took code from, by what its maps say. */
export function packagesIn(maps: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const map of maps) {
    const { sources } = v.parse(v.object({ sources: v.array(v.string()) }), JSON.parse(map));
    for (const source of sources) {
      const [, path] =
        /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
      if (path !== undefined) folders.add(path);
    }
  }
  return folders;
}

/** The folder that `name` is found in from `path`, the nearest first, as Node looks for it. */
function resolve(lock: Lock, path: string, name: string): string {
  const above = (at: string) => at.slice(0, Math.max(0, at.lastIndexOf(FOLDER) - 1));
  for (let at = path; at !== ''; at = above(at)) {
    const nested = `${at}/${FOLDER}${name}`;
    if (lock.packages[nested]) return nested;
  }
  return `${FOLDER}${name}`;
}

function component(path: string, { version = '', integrity, license }: v.InferOutput<typeof Locked>) {
  const name = nameOf(path);
  const [group, plain] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const made = new Models.Component(Enums.ComponentType.Library, plain ?? name, {
    version,
    bomRef: `${name}@${version}`,
    purl: new PackageURL('npm', group, plain ?? name, version).toString(),
    ...(group !== undefined && { group }),
  });
  if (license !== undefined) made.licenses.add(licenses.makeFromString(license));
  const [algorithm, hash] = integrity?.split('-') ?? [];
  if (algorithm === 'sha512' && hash !== undefined)
    made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(hash, 'base64').toString('hex'));
  return made;
}

/** @param folders of node_modules, or `all` that the lock names */
export async function sbom(lock: Lock, what: string, folders: ReadonlySet<string> | 'all'): Promise<string> {
  const root = new Models.Component(Enums.ComponentType.Application, what, {
    version: lock.version,
    bomRef: what,
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: root }) });
  // Sorted here and by code units: the library would sort by the language of whoever runs this.
  const wanted = Object.keys(lock.packages)
    .filter((path) => path !== '' && (folders === 'all' || folders.has(path)))
    .sort();
  if (folders !== 'all' && wanted.length !== folders.size)
    throw new Error('The build holds packages that package-lock.json does not name.');
  // One for all copies of the same version: the library tells equal names apart by chance.
  const byRef = new Map<string, Models.Component>();
  const made = new Map<string, Models.Component>();
  for (const path of wanted) {
    const one = component(path, lock.packages[path] ?? { dependencies: {} });
    const ref = one.bomRef.value ?? path;
    byRef.set(ref, byRef.get(ref) ?? one);
    made.set(path, byRef.get(ref) ?? one);
  }
  const needs = (path: string) => Object.keys(lock.packages[path]?.dependencies ?? {}).sort();
  for (const [path, one] of made) {
    bom.components.add(one);
    for (const name of needs(path)) {
      const needed = made.get(resolve(lock, path, name));
      if (needed !== undefined) one.dependencies.add(needed.bomRef);
    }
  }
  for (const name of needs('')) {
    const needed = made.get(`${FOLDER}${name}`);
    if (needed !== undefined) root.dependencies.add(needed.bomRef);
  }
  const factory = new Serialize.JSON.Normalize.Factory(spec);
  const text = new Serialize.JsonSerializer(factory).serialize(bom, { space: 1 });
  const wrong = await new Validation.JsonStrictValidator(spec.version).validate(text);
  if (wrong !== null) throw new Error(`The bill of materials is not valid: ${JSON.stringify(wrong)}`);
  return `${text}\n`;
}
