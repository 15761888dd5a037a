/** Every metric that is named to operators is one that the proxy has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createApp } from '../../src/proxy/app.ts';
import { createVitals } from '../../src/proxy/vitals.ts';
import { setStage } from './stage.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
type Dashboard = { panels: { id: number; title: string; targets: { expr: string }[] }[] };

/** What Prometheus knows of a scrape: each name, and what belongs to a histogram. */
function namesIn(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [String(name)],
    ),
  );
}
const NAME = /\b(?:advocate_credits|process|nodejs)_[a-z0-9_]+/g;

test('the Grafana dashboard and the operations page name only metrics that exist, and leave out none of ours', async () => {
  const stage = await setStage();
  const vitals = createVitals(stage.parts);
  vitals.metrics.ofProcess();
  const text = await (await createApp(stage.parts, vitals).request('/metrics')).text();
  const known = namesIn(text);
  const dashboard: Dashboard = JSON.parse(read('deploy/grafana-dashboard.json'));
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(NAME) ?? []),
  );
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
  const told = read('docs/operations.md').match(/\badvocate_credits_[a-z0-9_]+/g) ?? [];
  expect(told.length).toBeGreaterThan(2);
  expect(told.filter((name) => !known.has(name))).toEqual([]);
  const own = [...known].filter((name) => name.startsWith('advocate_credits_') && !name.endsWith('_sum'));
  expect(own.filter((name) => !asked.includes(name))).toEqual([]);
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
