import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { command, Refusal } from './say.ts';
import { createCamera } from './screens/camera.ts';
import { firstDay } from './screens/first-day.ts';
import { filesToTake } from './screens/list.ts';
import { nothingYet } from './screens/nothing-yet.ts';
import { writePage } from './screens/page.ts';
import { year } from './screens/year.ts';

const FOLDER = fileURLToPath(new URL('../docs/screens', import.meta.url));
const REPORTS = fileURLToPath(new URL('../reports', import.meta.url));
const SCENES = { 'first-day': firstDay, 'nothing-yet': nothingYet, year };
const USAGE = `npm run screens                     takes every picture and writes docs/screens/index.html
npm run screens -- ${Object.keys(SCENES).join(' ')}     takes the pictures of these scenes alone`;

/** `npm run screens`: every screen in every state, photographed in a real browser. */
await command(async () => {
  const asked = process.argv.slice(2);
  const scenes = Object.entries(SCENES).filter(([name]) => asked.length === 0 || asked.includes(name));
  if (asked.some((name) => !(name in SCENES))) throw new Refusal(USAGE);
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const camera = createCamera(FOLDER, REPORTS, (name) =>
    console.log(`${String(seconds()).padStart(4)} s  ${name}`),
  );
  await camera.begin();
  for (const [, scene] of scenes) await scene(camera.take);
  const missing = filesToTake().filter((file) => !camera.taken.has(file));
  if (asked.length === 0 && missing.length > 0)
    throw new Error(`Nobody took these pictures: ${missing.join(', ')}.`);
  await camera.tidy();
  await writePage(FOLDER);
  console.log(`${camera.taken.size} pictures in ${seconds()} s: ${FOLDER}`);
  return 0;
});
