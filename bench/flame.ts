/**
 * Where the proxy's time goes in a free drain, as a flame graph: `npm run bench -- --flame`. The wider a bar, the longer it
 * ran, with all it called stacked upon it; a bar says its share when it is pointed at. Idle time is left out.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drainOnce } from './drain.ts';

const REWARDS = 3_000;
const [WIDTH, ROW, NARROWEST] = [1600, 17, 2];
const IDLE = new Set(['(idle)', '(program)']);

/** As `node --cpu-prof` writes it. */
type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
};
type Bar = { name: string; kind: string; ms: number; above: Map<string, Bar> };

export async function flame(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-flame-'));
  try {
    await drainOnce({ rewards: REWARDS, delays: null, limit: null, profile: folder });
    const [file = ''] = await readdir(folder);
    const profile: Profile = JSON.parse(await readFile(join(folder, file), 'utf8'));
    await mkdir('reports', { recursive: true });
    await writeFile('reports/flame.svg', drawn(barsOf(profile)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return 'reports/flame.svg is written.';
}

/** The package, or our own file, or Node. */
function kindOf(url: string): string {
  const [, inPackage] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return inPackage ?? /src\/(.+)$/.exec(url)?.[1] ?? (/undici/.test(url) ? 'undici' : 'node');
}

function barsOf({ nodes, samples, timeDeltas }: Profile): Bar {
  const self = new Map<number, number>();
  for (const [i, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + (timeDeltas[i] ?? 0) / 1000);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Bar = { name: 'proxy', kind: 'node', ms: 0, above: new Map() };
  const add = (id: number, below: Bar): number => {
    const node = byId.get(id);
    if (node === undefined || IDLE.has(node.callFrame.functionName)) return 0;
    const kind = kindOf(node.callFrame.url);
    const name = `${node.callFrame.functionName || '(anonymous)'} · ${kind}`;
    const bar = below.above.get(name) ?? { name, kind, ms: 0, above: new Map() };
    below.above.set(name, bar);
    const ms = (node.children ?? []).reduce((sum, child) => sum + add(child, bar), self.get(id) ?? 0);
    bar.ms += ms;
    return ms;
  };
  for (const child of nodes[0]?.children ?? []) root.ms += add(child, root);
  return root;
}

const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const hue = (kind: string) => [...kind].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 360, 7);

function drawn(root: Bar): string {
  const parts: string[] = [];
  let rows = 0;
  const draw = (bar: Bar, x: number, row: number): void => {
    const width = (bar.ms / root.ms) * WIDTH;
    if (width < NARROWEST) return;
    rows = Math.max(rows, row + 1);
    const share = `${((100 * bar.ms) / root.ms).toFixed(1)}%`;
    const text = bar.name.slice(0, Math.floor(width / 6.5));
    parts.push(
      `<g transform="translate(${x.toFixed(1)} ${row * ROW})"><title>${escaped(bar.name)}: ${share}</title>` +
        `<rect width="${(width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="hsl(${hue(bar.kind)} 60% 82%)"/>` +
        (text.length > 2 ? `<text x="3" y="12">${escaped(text)}</text>` : '') +
        '</g>',
    );
    let from = x;
    for (const above of [...bar.above.values()].sort((a, b) => b.ms - a.ms)) {
      draw(above, from, row + 1);
      from += (above.ms / root.ms) * WIDTH;
    }
  };
  draw(root, 0, 0);
  const size = `width="${WIDTH}" height="${rows * ROW}" viewBox="0 0 ${WIDTH} ${rows * ROW}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11"><title>Where the proxy’s time goes in a free drain</title><rect width="100%" height="100%" fill="#fff"/>${parts.join('\n')}</svg>\n`;
}
