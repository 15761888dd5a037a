/** `npm run store`: icon, screenshots and tiles in the sizes that the stores take, from the pictures of the screens. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Page } from 'puppeteer';
import { findChromium } from './find-chromium.ts';
import { command } from './say.ts';
import { STORE_PICTURES, type StorePicture } from './store-pictures.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'docs/store/pictures');

const inPage = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`;
const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const STYLE = `
* { box-sizing: border-box; margin: 0; }
body { font: 600 34px/1.25 'Liberation Sans', Arial, sans-serif; letter-spacing: -0.01em; color: #fff; background: #2f2691; overflow: hidden; }
.icon { background: none; } .icon img { position: absolute; inset: 16px; width: 96px; height: 96px; }
.screen { display: grid; grid-template-rows: 112px 1fr; place-items: center; background: linear-gradient(160deg, #4b3fe0, #2a2180); height: 100vh; }
.screen img { width: 1184px; height: 688px; object-fit: cover; object-position: top; border-radius: 12px 12px 0 0; align-self: end; box-shadow: 0 8px 40px #0006; }
.screen.tall img { width: 416px; }
.tile { display: grid; place-content: center; justify-items: center; gap: 0.6em; height: 100vh; text-align: center; background: linear-gradient(160deg, #4b3fe0, #2a2180); }
.tile img { width: 3em; height: 3em; border-radius: 0.7em; box-shadow: 0 2px 12px #0004; }
.small { font-size: 26px; } .wide { font-size: 56px; }`;

async function bodyOf({ kind, words, screen }: StorePicture): Promise<string> {
  const mark = inPage('image/svg+xml', await readFile(join(ROOT, 'icons/mark.svg')));
  if (kind === 'icon') return `<body class="icon"><img src="${mark}">`;
  if (screen === undefined) return `<body class="tile ${kind}"><img src="${mark}"><p>${escaped(words)}</p>`;
  const shown = inPage('image/png', await readFile(join(ROOT, 'docs/screens', `${screen}.png`)));
  return `<body class="screen ${kind}"><p>${escaped(words)}</p><img src="${shown}">`;
}

async function take(page: Page, picture: StorePicture): Promise<void> {
  const { file, width, height, kind } = picture;
  await page.setViewport({ width, height, deviceScaleFactor: 1 });
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${await bodyOf(picture)}`,
  );
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  // Only the icon may be see-through: Chrome's store refuses screenshots and tiles that are.
  await writeFile(join(OUT, file), await page.screenshot({ omitBackground: kind === 'icon' }));
  console.log(`${file}  ${width} × ${height}`);
}

await command(async () => {
  await mkdir(OUT, { recursive: true });
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await puppeteer.launch({ executablePath: await findChromium(), args });
  try {
    const page = await browser.newPage();
    for (const picture of STORE_PICTURES) await take(page, picture);
  } finally {
    await browser.close();
  }
  return 0;
});
