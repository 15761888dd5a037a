/** `npm run coverage`: which lines the tests without a browser reach. Further arguments go to Vitest. */
import { command } from './say.ts';
import { runVitest } from './vitest.ts';

const PROJECTS = ['unit', 'proxy', 'faults'].flatMap((name) => ['--project', name]);

await command(() => runVitest(['--coverage', ...PROJECTS, ...process.argv.slice(2)]));
