/** The stores take pictures of certain sizes only, and Chrome's takes screenshots only without transparency. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STORE_PICTURES } from '../../scripts/store-pictures.ts';

const FOLDER = new URL('../../docs/store/pictures/', import.meta.url);
const RGB = 2;
const RGBA = 6;

test('each listed picture is there in its size, and no other', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(STORE_PICTURES.map(({ file }) => file).sort());
  for (const { file, width, height, kind } of STORE_PICTURES) {
    const png = readFileSync(new URL(file, FOLDER));
    expect([file, png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([file, width, height]);
    expect([file, png[25]]).toEqual([file, kind === 'icon' ? RGBA : RGB]);
  }
});

test('the sizes are those that both stores ask for: an icon, up to five screenshots, two tiles', () => {
  const sizes = STORE_PICTURES.map(({ width, height }) => `${width}x${height}`);
  expect(sizes).toEqual(['128x128', ...Array(5).fill('1280x800'), '440x280', '1400x560']);
});
