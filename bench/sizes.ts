/** `sizes`: what people download, minified and brotli: each bundle with all that it imports before it runs, and the whole dashboard. */
import { weighBuild } from '../scripts/build-extension.ts';
import type { Row } from './row.ts';

/** Brotli kB that we promise; what is not named here keeps to its budget in the build. */
const PROMISED: Record<string, number> = {
  'content.js': 12,
  'popup/index.js': 25,
  'background.js': 30,
  'dashboard/*.js': 90,
};

export const sizes: Row = {
  name: 'sizes',
  async measure() {
    return (await weighBuild()).map(({ file, kilobytes, budget }) => ({
      name: `sizes: ${file}`,
      unit: 'kB',
      ours: kilobytes,
      limit: null,
      target: { of: 'ours', atMost: PROMISED[file] ?? budget },
      runs: 1,
    }));
  },
};
