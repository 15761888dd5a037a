/** What a manifest promises, held against what is packed and what docs/permissions.md says. */
import { posix } from 'node:path';
import * as v from 'valibot';
import { filesNamedIn } from '../derive-manifest.ts';
import type { File } from './zip.ts';

const List = v.optional(v.array(v.string()), []);
const Asks = v.object({
  permissions: List,
  optional_permissions: List,
  host_permissions: List,
  optional_host_permissions: List,
  content_scripts: v.optional(v.array(v.object({ matches: v.array(v.string()) })), []),
  web_accessible_resources: v.optional(v.array(v.object({ matches: v.array(v.string()) })), []),
  browser_specific_settings: v.optional(
    v.object({
      gecko: v.object({ data_collection_permissions: v.object({ required: List, optional: List }) }),
    }),
  ),
});

/** Everything that a browser asks a person about, as `where value`. */
export function asksOf(manifest: unknown): string[] {
  const asks = v.parse(Asks, manifest);
  const data = asks.browser_specific_settings?.gecko.data_collection_permissions;
  const lists: [string, readonly string[]][] = [
    ['permissions', asks.permissions],
    ['optional_permissions', asks.optional_permissions],
    ['host_permissions', asks.host_permissions],
    ['optional_host_permissions', asks.optional_host_permissions],
    ['content_scripts', asks.content_scripts.flatMap(({ matches }) => matches)],
    ['web_accessible_resources', asks.web_accessible_resources.flatMap(({ matches }) => matches)],
    ['data_collection_permissions.required', data?.required ?? []],
    ['data_collection_permissions.optional', data?.optional ?? []],
  ];
  return lists.flatMap(([where, values]) => values.map((value) => `${where} ${value}`));
}

/** Shorter than this nobody has said why. */
const SHORTEST_REASON = 20;
const ROW = /^\| `([^`]+)` \| `([^`]+)` \| (.+) \|$/gm;

/** What the manifests ask for and the document does not explain, and the other way round. Empty when they agree. */
export function unexplained(manifests: readonly unknown[], document: string): string[] {
  const rows = [...document.matchAll(ROW)].map(([, where = '', value = '', why = '']) => ({
    ask: `${where} ${value}`,
    why,
  }));
  const asked = new Set(manifests.flatMap(asksOf));
  const explained = new Set(rows.map(({ ask }) => ask));
  return [
    ...[...asked].filter((ask) => !explained.has(ask)).map((ask) => `${ask} is asked for without a reason`),
    ...[...explained].filter((ask) => !asked.has(ask)).map((ask) => `${ask} is explained, but not asked for`),
    ...rows
      .filter(({ why }) => why.trim().length < SHORTEST_REASON)
      .map(({ ask }) => `${ask} has no reason beside it`),
  ];
}

/** Scripts, styles and pages that the manifest or a page names and the package lacks. */
export function missing(manifest: Record<string, unknown>, files: readonly File[]): string[] {
  const there = new Set(files.map(({ path }) => path));
  const named = filesNamedIn(manifest);
  if (typeof manifest.default_locale === 'string')
    named.push(`_locales/${manifest.default_locale}/messages.json`);
  const text = new TextDecoder();
  for (const { path, bytes } of files) {
    const pattern = path.endsWith('.html')
      ? /\s(?:src|href)="([^":#]+)"/g
      : path.endsWith('.js')
        ? /(?:from|import|import\()"(\.[^"]+)"/g
        : null;
    if (pattern === null) continue;
    for (const [, file = ''] of text.decode(bytes).matchAll(pattern))
      named.push(posix.join(posix.dirname(path), file));
  }
  return [...new Set(named.filter((file) => !there.has(file)))].sort();
}
