/** The pictures of all screens: what is listed is what is there, and a picture that was made smaller is the same picture. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { filesToTake } from '../../scripts/screens/list.ts';
import { shrinkPng } from '../../scripts/screens/shrink.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('the folder holds every listed picture, and none that nobody makes any more', () => {
  const there = readdirSync(at('docs/screens')).filter((file) => file.endsWith('.png'));
  expect(there.sort()).toEqual(filesToTake().sort());
});

test('the page shows every picture with a text for who cannot see it, and needs nothing else', () => {
  const page = readFileSync(at('docs/screens/index.html'), 'utf8');
  const images = [
    ...page.matchAll(/<img src="([^"]+)" width="\d+" height="\d+" alt="[^"]+" loading="lazy">/g),
  ];
  expect(images.map(([, file]) => file).sort()).toEqual(filesToTake().sort());
  expect(page.match(/<(script|link)\b|https?:/)).toBeNull();
});

test('every picture that the README shows or leads to is there', () => {
  const used = [...readFileSync(at('README.md'), 'utf8').matchAll(/docs\/screens\/[\w.-]+/g)];
  expect(used.length).toBeGreaterThan(10);
  for (const [path] of used) expect(existsSync(at(path)), path).toBe(true);
});

/** A picture as Chromium writes it, with each line told apart from the one above in another of PNG's five ways. */
function pngOf(points: number[][], filters: number[]): Buffer {
  const width = (points[0]?.length ?? 0) / 3;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(points.length, 4);
  header.set([8, 2], 8);
  const value = (y: number, x: number) => points[y]?.[x] ?? 0;
  const lines = points.flatMap((line, y) => [
    filters[y] ?? 0,
    ...line.map(
      (point, x) =>
        (point - guess(filters[y] ?? 0, value(y, x - 3), value(y - 1, x), value(y - 1, x - 3))) & 255,
    ),
  ]);
  const chunk = (kind: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(kind), body]);
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(body.length, 0);
    numbers.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([numbers.subarray(0, 4), named, numbers.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function guess(filter: number, left: number, up: number, corner: number): number {
  const near = [left, up, corner].reduce((best, one) => {
    const aim = left + up - corner;
    return Math.abs(aim - one) < Math.abs(aim - best) ? one : best;
  });
  return [0, left, up, (left + up) >> 1, near][filter] ?? 0;
}

test('with few colours, every point of a smaller picture has just the colour that it had', () => {
  const points = [0, 1, 2, 3, 4].map((y) => [0, 1, 2, 3].flatMap((x) => [x * 60, y * 50, (x + y) * 20]));
  const small = shrinkPng(pngOf(points, [0, 1, 2, 3, 4]));
  expect([small.readUInt32BE(16), small.readUInt32BE(20), small[25]]).toEqual([4, 5, 3]);
  const body = (kind: string) => {
    const start = small.indexOf(kind);
    return small.subarray(start + 4, start + 4 + small.readUInt32BE(start - 4));
  };
  const table = body('PLTE');
  const lines = inflateSync(body('IDAT'));
  const shown = points.map((_, y) =>
    [0, 1, 2, 3].flatMap((x) => {
      const place = (lines[y * 5 + 1 + x] ?? 0) * 3;
      return [...table.subarray(place, place + 3)];
    }),
  );
  expect(shown).toEqual(points);
});
