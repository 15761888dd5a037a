/** Asks again what was asked before, and reads every answer: both services at once, each one question after the other. */
import { readFileSync } from 'node:fs';
import type { Asked } from './reconcile-100k.ts';

const asked: Asked[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

async function readAll(of: Asked[]): Promise<number> {
  let bytes = 0;
  for (const { url, method, headers, body } of of) {
    const answer = await fetch(url, { method, headers, ...(body !== '' && { body }) });
    bytes += JSON.stringify(await answer.json()).length;
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}.`);
  }
  return bytes;
}

const start = performance.now();
const bytes = await Promise.all(
  ['stripe', 'advocate'].map((service) => readAll(asked.filter((one) => one.service === service))),
);
process.send?.({ seconds: (performance.now() - start) / 1000, bytes });
