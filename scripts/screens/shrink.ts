/**
 * A picture of flat colours in a third of its bytes: Chromium writes each point in full, here each is one of 256 colours.
 * They are those that are there most often, and a few that nothing comes close to, such as in a small mark. What else
 * there is are the edges of letters, and those take the nearest.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_USED = 216;
const MOST_COLOURS = 256;
/** Bytes of a point, by the kind of colour that the header names: red, green, blue, and how opaque. */
const BYTES: Record<number, number> = { 2: 3, 6: 4 };
const PALETTE_KIND = 3;

export function shrinkPng(png: Buffer): Buffer {
  const header = Buffer.from(png.subarray(16, 29));
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const bytes = BYTES[header.readUInt8(9)];
  if (bytes === undefined) throw new Error('This is not a picture as Chromium takes it.');
  const points = unfilter(inflateSync(dataOf(png)), width * bytes, bytes);
  const colours = new Uint32Array(width * height);
  for (let i = 0; i < colours.length; i += 1) colours[i] = points.readUIntBE(i * bytes, 3);

  const palette = choose(colours);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const lines = Buffer.alloc(height * (width + 1));
  for (const [i, colour] of colours.entries()) {
    const place = places.get(colour) ?? nearest(palette, colour).place;
    places.set(colour, place);
    lines[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = place;
  }
  header.writeUInt8(PALETTE_KIND, 9);
  const table = Buffer.alloc(palette.length * 3);
  for (const [place, colour] of palette.entries()) table.writeUIntBE(colour, place * 3, 3);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function choose(colours: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  // The order of equals is told, so that the same picture becomes the same file.
  const byUse = [...counts].sort(([a, many], [b, more]) => more - many || a - b).map(([colour]) => colour);
  const palette = byUse.slice(0, MOST_USED);
  const rest = byUse.slice(MOST_USED).map((colour) => ({ colour, apart: nearest(palette, colour).apart }));
  while (palette.length < MOST_COLOURS && rest.length > 0) {
    const farthest = rest.reduce((best, one) => (one.apart > best.apart ? one : best));
    palette.push(farthest.colour);
    for (const one of rest) one.apart = Math.min(one.apart, apart(one.colour, farthest.colour));
  }
  return palette;
}

const apart = (a: number, b: number): number =>
  (((a >> 16) & 255) - ((b >> 16) & 255)) ** 2 +
  (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 +
  ((a & 255) - (b & 255)) ** 2;

function nearest(palette: readonly number[], wanted: number): { place: number; apart: number } {
  let best = { place: 0, apart: Number.POSITIVE_INFINITY };
  for (const [place, colour] of palette.entries()) {
    const distance = apart(colour, wanted);
    if (distance < best.apart) best = { place, apart: distance };
  }
  return best;
}

function dataOf(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return Buffer.concat(parts);
}

/** A line begins with how it was written: as it is, or as what differs from neighbours (PNG specification, part 9). */
function unfilter(data: Buffer, stride: number, bytes: number): Buffer {
  const lines = data.length / (stride + 1);
  const out = Buffer.alloc(lines * stride);
  for (let line = 0; line < lines; line += 1) {
    const from = line * (stride + 1);
    const to = line * stride;
    const filter = data.readUInt8(from);
    for (let i = 0; i < stride; i += 1) {
      const left = i < bytes ? 0 : (out[to + i - bytes] ?? 0);
      const up = line === 0 ? 0 : (out[to + i - stride] ?? 0);
      const corner = i < bytes || line === 0 ? 0 : (out[to + i - stride - bytes] ?? 0);
      out[to + i] = (data[from + 1 + i] ?? 0) + expected(filter, left, up, corner);
    }
  }
  return out;
}

function expected(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function chunk(kind: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, check]);
}
