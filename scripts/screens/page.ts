/** One page on which all pictures can be looked at. It needs nothing but them. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FRAMES } from './camera.ts';
import { fileOf, looksOf, type Picture, SCREENS } from './list.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d9dce1, #33373d); --quiet: light-dark(#59606b, #a4abb6); }
body { margin: 0 auto; padding: 24px; max-width: 2200px; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#fff, #14161a); color: light-dark(#16181d, #eceef1); }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h2 { margin: 56px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { margin: 0; font: 600 15px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; }
a { color: light-dark(#3d4fd1, #a5b1ff); }
figure { margin: 32px 0 0; }
figcaption p { margin: 0 0 10px; color: var(--quiet); }
.looks { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
.looks a { flex: 0 1 auto; min-width: 0; max-width: 100%; }
.looks.large a { flex: 1 1 460px; max-width: 1280px; }
img { display: block; box-sizing: border-box; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; }
`;

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const idOf = (title: string) => title.toLowerCase().replace(/[^a-z]+/g, '-');

export async function writePage(folder: string): Promise<void> {
  const links = SCREENS.map(({ title }) => `<li><a href="#${idOf(title)}">${escaped(title)}</a></li>`);
  const sections: string[] = [];
  for (const { title, pictures } of SCREENS) {
    const figures: string[] = [];
    for (const [name, picture] of Object.entries<Picture>(pictures))
      figures.push(await figure(folder, name, picture));
    sections.push(
      `<section>\n<h2 id="${idOf(title)}">${escaped(title)}</h2>\n${figures.join('\n')}\n</section>`,
    );
  }
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>All screens · Advocate Credits for Stripe</title>
<style>${STYLE}</style>
</head>
<body>
<h1>All screens of Advocate Credits for Stripe</h1>
<p>Made by <code>npm run screens</code> in a real Chromium, against the simulators. Light and dark stand side by side. Nobody in these pictures exists.</p>
<nav aria-label="Screens"><ul>${links.join('')}</ul></nav>
<main>
${sections.join('\n')}
</main>
</body>
</html>
`;
  await writeFile(join(folder, 'index.html'), page);
}

async function figure(folder: string, name: string, picture: Picture): Promise<string> {
  const { what, frame } = picture;
  const images: string[] = [];
  for (const look of looksOf(picture)) {
    const file = fileOf(name, look);
    const png = await readFile(join(folder, file));
    const [width, height] = [16, 20].map((at) => Math.round(png.readUInt32BE(at) / FRAMES[frame].scale));
    const alt = escaped(look === 'dark' ? `${what} Dark.` : what);
    images.push(
      `<a href="${file}"><img src="${file}" width="${width}" height="${height}" alt="${alt}" loading="lazy"></a>`,
    );
  }
  const size = frame.startsWith('popup') || frame === 'card' ? 'looks' : 'looks large';
  return `<figure id="${name}">
<figcaption><h3>${name}</h3><p>${escaped(what)}</p></figcaption>
<div class="${size}">${images.join('')}</div>
</figure>`;
}
